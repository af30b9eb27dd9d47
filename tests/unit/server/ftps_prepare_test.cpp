// What a client is told when storage refuses a transfer, before a data connection is made.

#include <gtest/gtest.h>

#include "protocol/ftp/reply.hpp"
#include "server/ftps/transfer.hpp"
#include "storage/memory/memory_backend.hpp"
#include "tests/support/failing_volume.hpp"
#include "tests/unit/server/recorder.hpp"
#include "tests/unit/storage/files.hpp"

namespace sallyport::server::ftps {
namespace {

using test::Error;
using test::Fault;

class FtpsPrepare : public testing::TestWithParam<int> {
  protected:
    FtpsPrepare() { static_cast<void>(store_.store(test::to("/a"), "hello")); }

    [[nodiscard]] static Error error() { return static_cast<Error>(GetParam()); }

    /// The reply that refuses `request` when `fault` fails.
    [[nodiscard]] ftp::Reply refusal_of(Fault fault, ftp::Transfer request) {
        test::FailingVolume volume(
            std::shared_ptr<storage::Volume>(std::shared_ptr<void>(), &store_.volume()), fault,
            error());
        auto prepared = test::run(prepare(std::move(request), volume, files_));
        auto* reply = std::get_if<ftp::Reply>(&prepared);
        return reply != nullptr ? *reply : ftp::reply(0, "not refused");
    }

    storage::MemoryBackend backend_;
    test::Files store_ = test::open_files(backend_, "alice", "acme");
    events::Recorder recorder_;
    events::SessionEvents events_{recorder_, "s", "ftps", "a"};
    events::FileEvents files_{events_, std::make_shared<const auth::Policy>()};
};
INSTANTIATE_TEST_SUITE_P(Every, FtpsPrepare, testing::Range(0, static_cast<int>(Error::io) + 1));

TEST_P(FtpsPrepare, ToldBeforeAnyByteMoves) {
    const std::pair<Fault, ftp::Transfer> rows[] = {
        {Fault::upload, ftp::Receive{test::to("/b"), false}},
        {Fault::download, ftp::Send{test::path("/a"), 0, false}},
        {Fault::list, ftp::SendListing{test::path("/"), {}, {}, ftp::ListFormat::facts}},
    };
    for (const auto& [fault, request] : rows) {
        // MLSD of a file is a mistake of the client (RFC 3659 section 7.2.1).
        if (fault == Fault::list && error() == Error::not_a_directory) continue;
        const auto reply = refusal_of(fault, request);
        EXPECT_EQ(reply.code, ftp::reply_to(error()).code) << static_cast<int>(fault);
        EXPECT_EQ(reply.text, ftp::reply_to(error()).text) << static_cast<int>(fault);
    }
    EXPECT_EQ(store_.names("/"), std::vector<std::string>{"a"});
}

}  // namespace
}  // namespace sallyport::server::ftps
