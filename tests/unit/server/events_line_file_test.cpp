#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>

#include "server/events/line_file.hpp"

namespace sallyport::events {
namespace {

/// Files of this process end at a size: what a full disk looks like.
class FileSizeLimit {
  public:
    FileSizeLimit() : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
    }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;
    ~FileSizeLimit() {
        lift();
        std::signal(SIGXFSZ, handler_);
    }
    void set(rlim_t bytes) const {
        const rlimit limit{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    void lift() const { ::setrlimit(RLIMIT_FSIZE, &before_); }

  private:
    void (*handler_)(int);
    rlimit before_{};
};

TEST(LineFile, LineAfterATornOneStandsAlone) {
    std::string path = testing::TempDir() + "sallyport-line-XXXXXX";
    ::close(::mkstemp(path.data()));
    LineFile file = LineFile::open(path);
    const FileSizeLimit limit;
    ASSERT_TRUE(file.append("first"));
    limit.set(10);
    EXPECT_FALSE(file.append("second"));
    EXPECT_FALSE(file.append("third"));
    limit.lift();
    EXPECT_TRUE(file.append("fourth"));
    std::ifstream stream(path);
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(stream), {}), "first\nseco\nfourth\n");
    ::unlink(path.c_str());
}

}  // namespace
}  // namespace sallyport::events
