#include "protocol/sftp/reply.hpp"

#include <gtest/gtest.h>

#include "tests/support/sftp_wire.hpp"

namespace sallyport::sftp {
namespace {

using storage::Error;
using test::Answer;
using test::Fields;
namespace fx = test::fx;

std::string text_of(const Reply& reply) {
    return {reinterpret_cast<const char*>(reply.bytes.data()), reply.bytes.size()};
}

TEST(SftpReply, StatusHasCodeTextAndLanguage) {
    EXPECT_EQ(text_of(status(7, StatusCode::failure, "no")),
              test::packet(101, Fields().u32(7).u32(4).str("no").str("en")));
    EXPECT_EQ(Answer(text_of(success(7))).code(), fx::ok);
    EXPECT_EQ(Answer(text_of(success(7))).text(), "Success");
    EXPECT_EQ(Answer(text_of(bad_message(7))).code(), fx::bad_message);
}

TEST(SftpReply, EveryStorageErrorHasItsCode) {
    const std::pair<Error, fx::Code> rows[] = {
        {Error::invalid_name, fx::failure},
        {Error::not_found, fx::no_such_file},
        {Error::exists, fx::failure},
        {Error::not_a_directory, fx::no_such_file},
        {Error::is_a_directory, fx::failure},
        {Error::not_a_regular_file, fx::failure},
        {Error::not_empty, fx::failure},
        {Error::forbidden, fx::permission_denied},
        {Error::read_only, fx::permission_denied},
        {Error::no_space, fx::failure},
        {Error::quota_exceeded, fx::failure},
        {Error::too_large, fx::failure},
        {Error::crosses_folders, fx::failure},
        {Error::bad_offset, fx::failure},
        {Error::changed, fx::failure},
        {Error::unavailable, fx::failure},
        {Error::io, fx::failure},
    };
    for (const auto& [error, code] : rows) {
        const Answer answer(text_of(reply_to(3, error)));
        EXPECT_EQ(answer.id, 3U);
        EXPECT_EQ(answer.code(), code) << describe(error);
        EXPECT_EQ(answer.text(), describe(error));
    }
}

TEST(SftpReply, HandleErrorsDiffer) {
    EXPECT_EQ(Answer(text_of(reply_to(1, HandleError::unknown))).code(), fx::failure);
    EXPECT_EQ(Answer(text_of(reply_to(1, HandleError::unknown))).text(), "no such handle");
    EXPECT_EQ(Answer(text_of(reply_to(1, HandleError::wrong_kind))).code(), fx::permission_denied);
}

TEST(SftpReply, HandleAndPathAreStrings) {
    EXPECT_EQ(text_of(handle_reply(5, "12345678")),
              test::packet(102, Fields().u32(5).str("12345678")));
    EXPECT_EQ(text_of(path_reply(5, "/a")),
              test::packet(104, Fields().u32(5).u32(1).str("/a").str("/a").u32(0)));
}

}  // namespace
}  // namespace sallyport::sftp
