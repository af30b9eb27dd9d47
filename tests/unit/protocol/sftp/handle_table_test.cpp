#include "protocol/sftp/handle_table.hpp"

#include <gtest/gtest.h>

#include <set>

#include "protocol/sftp/limits.hpp"
#include "storage/memory/memory_backend.hpp"
#include "tests/unit/storage/files.hpp"

namespace sallyport::sftp {
namespace {

OpenDirectory directory(std::string_view path) {
    return {.path = test::path(path), .listing = nullptr};
}

TEST(SftpHandleTable, FindsWhatWasAdded) {
    HandleTable table;
    const auto one = table.add(directory("/one"));
    const auto two = table.add(directory("/two"));
    EXPECT_EQ(std::get<OpenDirectory>(*table.find(one)).path.str(), "/one");
    EXPECT_EQ(std::get<OpenDirectory>(*table.find(two)).path.str(), "/two");
    EXPECT_EQ(table.size(), 2U);
}

TEST(SftpHandleTable, HandlesAreEightBytesAndNeverRepeat) {
    HandleTable table;
    std::set<std::string> seen;
    for (int i = 0; i < 10'000; ++i) {
        const auto handle = table.add(directory("/"));
        EXPECT_EQ(handle.size(), 8U);
        EXPECT_TRUE(seen.insert(handle).second);
        EXPECT_TRUE(table.take(handle));
    }
}

TEST(SftpHandleTable, MadeUpHandlesMiss) {
    HandleTable table;
    const auto real = table.add(directory("/"));
    auto next = real;
    ++next.back();
    for (const auto& handle :
         {std::string(), std::string(3, '\0'), std::string(5, 'x'), std::string(1000, 'x'),
          std::string(8, '\0'), std::string(8, '\xff'), std::string(7, '\0') + '\x01', next,
          real.substr(0, 7), real + '\0', real + real}) {
        EXPECT_EQ(table.find(handle), nullptr) << testing::PrintToString(handle);
        EXPECT_FALSE(table.take(handle));
    }
}

TEST(SftpHandleTable, TakenItemIsGone) {
    HandleTable table;
    const auto handle = table.add(directory("/a"));
    const auto taken = table.take(handle);
    ASSERT_TRUE(taken);
    EXPECT_EQ(std::get<OpenDirectory>(*taken).path.str(), "/a");
    EXPECT_EQ(table.find(handle), nullptr);
    EXPECT_EQ(table.size(), 0U);
}

TEST(SftpHandleTable, KindMustFit) {
    HandleTable table;
    const auto handle = table.add(directory("/"));
    EXPECT_TRUE(table.find_as<OpenDirectory>(handle));
    EXPECT_EQ(table.find_as<OpenUpload>(handle).error(), HandleError::wrong_kind);
    EXPECT_EQ(table.find_as<OpenUpload>("unknown!").error(), HandleError::unknown);
}

TEST(SftpHandleTable, IsFullAtTheLimit) {
    HandleTable table;
    for (std::size_t i = 0; i < max_handles; ++i) {
        EXPECT_FALSE(table.full());
        static_cast<void>(table.add(directory("/")));
    }
    EXPECT_TRUE(table.full());
}

TEST(SftpHandleTable, LatestUploadToAPathIsFound) {
    storage::MemoryBackend backend;
    const auto files = test::open_files(backend);
    const auto begin = [&](std::string_view path) {
        OpenUpload open{.upload = files.begin(test::to(path)).value()};
        return open;
    };
    HandleTable table;
    static_cast<void>(table.add(begin("/a")));
    const auto second = table.add(begin("/a"));
    static_cast<void>(table.add(begin("/b")));
    static_cast<void>(table.add(directory("/c")));
    EXPECT_EQ(table.upload_to(test::path("/a")), &std::get<OpenUpload>(*table.find(second)));
    EXPECT_EQ(table.upload_to(test::path("/c")), nullptr);
}

TEST(SftpHandleTable, AllCanBeTakenAtOnce) {
    HandleTable table;
    const auto handle = table.add(directory("/a"));
    static_cast<void>(table.add(directory("/b")));
    EXPECT_EQ(table.take_all().size(), 2U);
    EXPECT_EQ(table.size(), 0U);
    EXPECT_EQ(table.find(handle), nullptr);
}

}  // namespace
}  // namespace sallyport::sftp
