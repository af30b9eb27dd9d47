#include <array>
#include <functional>
#include <random>

#include "tests/unit/storage/backend_test.hpp"
#include "tests/unit/storage/model.hpp"

namespace sallyport::test {
namespace {

constexpr unsigned sequences = 100;
constexpr int steps = 40;
constexpr std::array paths{"/a", "/b", "/d", "/d/a", "/d/b", "/d/e", "/d/e/a", "/a/x", "/b/e"};
constexpr std::array kinds{UploadStart::Kind::fresh, UploadStart::Kind::at_offset,
                           UploadStart::Kind::at_end};
constexpr std::array<std::string_view, 3> start_names{"nothing", "offset", "all"};
constexpr std::array overwrites{Overwrite::deny, Overwrite::replace, Overwrite::keep};
constexpr std::array<std::string_view, 3> overwrite_names{"deny", "replace", "keep"};

template <class T>
std::string told(const Result<T>& result) {
    if (!result) return std::string(describe(result.error()));
    if constexpr (std::is_same_v<T, std::string>) {
        return *result;
    } else {
        return "done";
    }
}

std::string story(std::initializer_list<std::string_view> words) {
    std::string line;
    for (const auto word : words) line.append(line.empty() ? "" : " ").append(word);
    return line;
}

std::string described(const Entry& entry) {
    if (entry.type == storage::EntryType::directory) return "directory";
    return std::to_string(entry.size) + (entry.partial ? " partial" : "");
}

std::string listed(const Files& files, const std::string& directory) {
    const auto entries = files.list(directory);
    if (!entries) return told(entries);
    std::string text;
    for (const Entry& entry : *entries) text += entry.name + ": " + described(entry) + "; ";
    return text;
}

/// One step: what it is called, and how the model and a backend do it.
struct Step {
    std::string name;
    std::function<std::string(Model&)> in_model;
    std::function<std::string(const Files&)> in_backend;
};

/// Draws steps; the same ones for the same seed.
class Draw {
  public:
    explicit Draw(unsigned seed) : random_(seed) {}

    Step step() {
        switch (below(10)) {
            case 0:
            case 1:
            case 2:
                return store();
            case 3:
                return leave_partial();
            case 4:
                return make_directory();
            case 5:
                return remove_directory();
            case 6:
                return remove();
            case 7:
                return rename();
            case 8:
                return read();
            default:
                return look();
        }
    }

  private:
    std::size_t below(std::size_t count) {
        return std::uniform_int_distribution<std::size_t>(0, count - 1)(random_);
    }
    std::string some_path() { return paths.at(below(paths.size())); }
    std::string some_text() {
        return std::string(1 + below(6), static_cast<char>('a' + static_cast<char>(below(26))));
    }

    Step store() {
        const auto kind = below(kinds.size());
        const UploadStart start{kinds.at(kind), below(5)};
        const auto how = below(overwrites.size());
        const std::string target = some_path();
        const std::string text = some_text();
        UploadRequest request = to(target, overwrites.at(how));
        request.start = start;
        return {story({"store", target, text, "after", start_names.at(kind),
                       std::to_string(start.offset), overwrite_names.at(how)}),
                [=](Model& model) {
                    return told(model.store(target, start, text, overwrites.at(how)));
                },
                [=](const Files& files) {
                    const auto stored = files.store(request, text);
                    return stored ? "done" : told(stored);
                }};
    }

    Step leave_partial() {
        const std::string target = some_path();
        const std::string text = some_text();
        return {"break off " + target + " after " + text,
                [=](Model& model) { return told(model.leave_partial(target, text)); },
                [=](const Files& files) {
                    auto upload = files.begin(to(target, Overwrite::replace));
                    if (!upload) return told(upload);
                    write(**upload, 0, text).value();
                    run((*upload)->abandon(Upload::Keep::partial));
                    return std::string("done");
                }};
    }

    Step make_directory() {
        const std::string target = some_path();
        return {"mkdir " + target, [=](Model& model) { return told(model.make_directory(target)); },
                [=](const Files& files) { return told(files.mkdir(target)); }};
    }

    Step remove_directory() {
        const std::string target = some_path();
        return {"rmdir " + target,
                [=](Model& model) { return told(model.remove_directory(target)); },
                [=](const Files& files) { return told(files.rmdir(target)); }};
    }

    Step remove() {
        const std::string target = some_path();
        return {"remove " + target, [=](Model& model) { return told(model.remove(target)); },
                [=](const Files& files) { return told(files.remove(target)); }};
    }

    Step rename() {
        const std::string from = some_path();
        const std::string target = some_path();
        const auto how = below(overwrites.size());
        return {story({"rename", from, target, overwrite_names.at(how)}),
                [=](Model& model) { return told(model.rename(from, target, overwrites.at(how))); },
                [=](const Files& files) {
                    return told(files.rename(from, target, overwrites.at(how)));
                }};
    }

    Step read() {
        const std::string target = some_path();
        return {"read " + target, [=](Model& model) { return told(model.read(target)); },
                [=](const Files& files) { return told(files.read(target)); }};
    }

    Step look() {
        const std::string target = some_path();
        return {"stat and list " + target,
                [=](Model& model) {
                    return told(model.stat(target)) + ", " + told(model.list(target));
                },
                [=](const Files& files) {
                    const auto entry = files.stat(target);
                    return (entry ? described(*entry) : told(entry)) + ", " + listed(files, target);
                }};
    }

    std::mt19937 random_;
};

class Sequences : public BackendTest {};

TEST_P(Sequences, OfRandomStepsEndAsTheModelSays) {
    for (unsigned seed = 1; seed <= sequences; ++seed) {
        const Files volume = files("alice", "home" + std::to_string(seed));
        Model model;
        Draw draw(seed);
        std::string told_so_far = "seed " + std::to_string(seed);
        for (int i = 0; i < steps; ++i) {
            const Step step = draw.step();
            const std::string expected = step.in_model(model);
            told_so_far += "\n" + step.name + ": " + expected;
            ASSERT_EQ(step.in_backend(volume), expected) << told_so_far;
            ASSERT_EQ(listed(volume, "/"), told(model.list("/"))) << told_so_far;
            ASSERT_EQ(listed(volume, "/d"), told(model.list("/d"))) << told_so_far;
        }
    }
}

SALLYPORT_FOR_EVERY_BACKEND(Sequences);

}  // namespace
}  // namespace sallyport::test
