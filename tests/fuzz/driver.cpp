// Runs a fuzz target without libFuzzer: each file of a corpus, then mutations of them that are the
// same in every run. usage: NAME_fuzz ROUNDS CORPUS [NUMBER FILE]; with the last two, input NUMBER
// is written to FILE and nothing is run.

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr std::size_t max_input_bytes = 64 * 1024;
volatile std::sig_atomic_t current = 0;

std::vector<std::string> read_corpus(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) files.push_back(entry);
    std::sort(files.begin(), files.end());
    std::vector<std::string> inputs;
    for (const auto& file : files) {
        std::ifstream stream(file, std::ios::binary);
        inputs.emplace_back(std::istreambuf_iterator<char>(stream),
                            std::istreambuf_iterator<char>());
    }
    return inputs;
}

/// Changes inputs in ways that parsers are known to trip over.
class Mutator {
  public:
    explicit Mutator(const std::vector<std::string>& corpus) : corpus_(corpus) {}

    std::string input(std::uint32_t number) {
        random_.seed(number);
        std::string text = corpus_[below(corpus_.size())];
        for (std::size_t left = 1 + below(6); left > 0; --left) mutate(text);
        text.resize(std::min(text.size(), max_input_bytes));
        return text;
    }

  private:
    /// From 0 up to, not including, `count`; not left to the standard library, which may choose
    /// differently elsewhere.
    std::size_t below(std::size_t count) { return count == 0 ? 0 : random_() % count; }

    void mutate(std::string& text) {
        constexpr std::string_view edges("\0\x01\x7f\x80\xff\n\r\"'\\/*[]={}.", 19);
        const std::size_t at = below(text.size());
        const std::size_t length = below(std::min<std::size_t>(text.size() - at, 32) + 1);
        switch (below(7)) {
            case 0:
                if (!text.empty()) text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
                break;
            case 1:
                if (!text.empty()) text[at] = edges[below(edges.size())];
                break;
            case 2:
                text.insert(at, 1 + below(4), edges[below(edges.size())]);
                break;
            case 3:
                text.erase(at, length);
                break;
            case 4:
                text.insert(below(text.size() + 1), text.substr(at, length));
                break;
            case 5:
                text.resize(at);
                break;
            default:
                splice(text, at);
        }
    }

    /// The beginning of one input, then the end of another.
    void splice(std::string& text, std::size_t at) {
        const std::string& other = corpus_[below(corpus_.size())];
        text.replace(at, text.npos, other.substr(below(other.size() + 1)));
    }

    const std::vector<std::string>& corpus_;
    std::mt19937 random_;
};

/// Says which input did it, then dies of the signal.
void on_death(int signal) {
    std::fprintf(stderr, "died of signal %d at input %d\n", signal, static_cast<int>(current));
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

void run(const std::string& input) {
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

int run_all(const std::vector<std::string>& corpus, int rounds) {
    for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) {
        std::signal(signal, on_death);
    }
    Mutator mutator(corpus);
    try {
        int number = 0;
        for (const std::string& input : corpus) {
            current = --number;
            run(input);
        }
        for (number = 0; number < rounds; ++number) {
            current = number;
            run(mutator.input(static_cast<std::uint32_t>(number)));
        }
    } catch (const std::exception& error) {
        std::fprintf(stderr, "threw at input %d: %s\n", static_cast<int>(current), error.what());
        return 1;
    }
    std::printf("%zu files of the corpus and %d mutations\n", corpus.size(), rounds);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3 && argc != 5) {
        std::fprintf(stderr, "usage: %s ROUNDS CORPUS [NUMBER FILE]\n", argv[0]);
        return 2;
    }
    const std::vector<std::string> corpus = read_corpus(argv[2]);
    if (corpus.empty()) {
        std::fprintf(stderr, "%s is empty\n", argv[2]);
        return 1;
    }
    if (argc == 3) return run_all(corpus, std::atoi(argv[1]));
    const int number = std::atoi(argv[3]);
    const auto file = static_cast<std::size_t>(-number - 1);
    std::ofstream(argv[4], std::ios::binary)
        << (number < 0 ? corpus.at(file)
                       : Mutator(corpus).input(static_cast<std::uint32_t>(number)));
    return 0;
}
