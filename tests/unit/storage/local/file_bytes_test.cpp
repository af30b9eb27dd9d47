#include "storage/local/file_bytes.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "storage/local/file_status.hpp"
#include "tests/unit/storage/temporary_directory.hpp"

namespace sallyport::test {
namespace {

using storage::Descriptor;

constexpr std::uint64_t mebibyte = 1024 * 1024;

/// Holes before, between and after two stretches of data, which begin and end within blocks.
class CopyPrefix : public testing::Test {
  protected:
    static constexpr std::uint64_t first = 3 * mebibyte + 17;
    static constexpr std::uint64_t second = 9 * mebibyte - 5;
    static constexpr std::uint64_t size = 16 * mebibyte;

    CopyPrefix() : source_(create("source")), copy_(create("copy")) {
        write(first);
        write(second);
        EXPECT_EQ(::ftruncate(source_.get(), size), 0);
    }

    [[nodiscard]] Descriptor create(const std::string& name) const {
        return Descriptor(
            ::open((directory_.path() / name).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    }
    void write(std::uint64_t offset) const {
        EXPECT_TRUE(storage::write_at(source_, offset, std::as_bytes(std::span(data_))));
    }
    [[nodiscard]] bool has_holes() const {
        return storage::status_of(source_).value().allocated < size;
    }
    /// All but the holes.
    void expect_copied(std::uint64_t length) const {
        const auto of = [&](const char* name) {
            return read_file(directory_.path() / name).substr(0, length);
        };
        EXPECT_TRUE(of("copy") == of("source"));
        const auto copied = storage::status_of(copy_).value();
        EXPECT_EQ(copied.size, length);
        EXPECT_LE(copied.allocated, storage::status_of(source_).value().allocated);
    }

    TemporaryDirectory directory_;
    const std::string data_ = std::string(300'000, 'x') + "end";
    Descriptor source_;
    Descriptor copy_;
};

TEST_F(CopyPrefix, KeepsHolesWhereverItEnds) {
    if (!has_holes()) GTEST_SKIP() << "no holes on this file system";
    const std::uint64_t lengths[] = {1, first, first + 1000, 5 * mebibyte, second + 7, size};
    for (const std::uint64_t length : lengths) {
        ASSERT_EQ(::ftruncate(copy_.get(), 0), 0);
        EXPECT_TRUE(storage::copy_prefix(source_, size, copy_, length)) << length;
        expect_copied(length);
    }
}

TEST_F(CopyPrefix, OfAFileThatIsOneHoleTakesNoSpace) {
    ASSERT_EQ(::ftruncate(source_.get(), 0), 0);
    ASSERT_EQ(::ftruncate(source_.get(), size), 0);
    EXPECT_TRUE(storage::copy_prefix(source_, size, copy_, size));
    expect_copied(size);
}

TEST_F(CopyPrefix, FailsWhenTheFileHasBecomeShorter) {
    ASSERT_EQ(::ftruncate(source_.get(), first), 0);
    EXPECT_EQ(storage::copy_prefix(source_, size, copy_, second).error(), storage::Error::changed);
}

}  // namespace
}  // namespace sallyport::test
