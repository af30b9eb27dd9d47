#include "server/state/replace_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace sallyport::server::state {
namespace {

class Descriptor {
  public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] bool is_open() const { return number_ >= 0; }
    [[nodiscard]] bool sync() const { return ::fsync(number_) == 0; }
    [[nodiscard]] bool write(std::string_view bytes) const {
        while (!bytes.empty()) {
            const ssize_t written = ::write(number_, bytes.data(), bytes.size());
            if (written < 0 && errno != EINTR) return false;
            if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
        }
        return true;
    }

  private:
    int number_;
};

bool write_durably(const std::filesystem::path& file, std::string_view bytes) {
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    const Descriptor fresh(::open(file.c_str(), flags, 0600));
    return fresh.is_open() && fresh.write(bytes) && fresh.sync();
}

bool make_folder(const std::filesystem::path& folder) {
    return ::mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST;
}

int open_folder(const std::filesystem::path& folder) {
    return ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

}  // namespace

std::optional<std::string> replace_file(const std::filesystem::path& file, std::string_view bytes) {
    std::filesystem::path fresh = file;
    fresh += ".new";
    const auto folder = file.parent_path();
    ::unlink(fresh.c_str());
    bool done = make_folder(folder) && write_durably(fresh, bytes) &&
                ::rename(fresh.c_str(), file.c_str()) == 0;
    if (done) {
        const Descriptor opened(open_folder(folder));
        done = opened.is_open() && opened.sync();
    }
    if (done) return std::nullopt;
    return fmt::format("cannot write {}: {}", file.native(),
                       std::generic_category().message(errno));
}

HeldFolder::HeldFolder(const std::filesystem::path& folder)
    : descriptor_(make_folder(folder) ? open_folder(folder) : -1),
      held_(descriptor_ >= 0 && ::flock(descriptor_, LOCK_EX) == 0) {}

HeldFolder::~HeldFolder() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace sallyport::server::state
