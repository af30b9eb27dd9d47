// Every error of the storage at every operation, through both protocols.

#include <gtest/gtest.h>

#include "protocol/ftp/reply.hpp"
#include "protocol/sftp/reply.hpp"
#include "tests/support/failing_volume.hpp"
#include "tests/support/secure_peer.hpp"
#include "tests/support/sftp_peer.hpp"
#include "tests/unit/storage/files.hpp"

namespace sallyport::test {
namespace {

class StorageErrors : public testing::TestWithParam<int> {
  protected:
    [[nodiscard]] static Error error() { return static_cast<Error>(GetParam()); }
    static void fill(const Files& files) {
        ASSERT_TRUE(files.store(to("/f"), "hello"));
        ASSERT_TRUE(files.mkdir("/d"));
    }
};
INSTANTIATE_TEST_SUITE_P(Every, StorageErrors, testing::Range(0, static_cast<int>(Error::io) + 1));

/// What a client asks for when an operation fails.
struct FtpRow {
    Fault fault;
    const char* command;
    const char* before = nullptr;  ///< a command that comes first and works
};

constexpr FtpRow ftp_rows[] = {
    {Fault::stat, "SIZE /f"},
    {Fault::stat, "MDTM /f"},
    {Fault::stat, "MLST /f"},
    {Fault::list, "STAT /d"},
    {Fault::next, "STAT /d"},
    {Fault::make_directory, "MKD /n"},
    {Fault::remove_directory, "RMD /d"},
    {Fault::remove, "DELE /f"},
    {Fault::rename, "RNTO /g", "RNFR /f"},
    {Fault::set_attributes, "SITE CHMOD 600 /f"},
    {Fault::set_attributes, "MFMT 20240101000000 /f"},
    {Fault::digest, "HASH /f"},
    {Fault::digest, "XSHA256 /f"},
    {Fault::space, "AVBL"},
};

TEST_P(StorageErrors, AreToldByFtpAtEveryOperation) {
    for (const FtpRow& row : ftp_rows) {
        LoggedInPeer peer;
        fill(Files(peer.volume()));
        peer.use(std::make_shared<FailingVolume>(peer.volume(), row.fault, error()));
        if (row.before != nullptr) {
            EXPECT_LT(peer.ask(row.before).code, 400) << row.before;
        }
        const auto reply = peer.ask(row.command);
        EXPECT_EQ(reply.code, ftp::reply_to(error()).code) << row.command;
        EXPECT_EQ(reply.text, ftp::reply_to(error()).text) << row.command;
        EXPECT_EQ(peer.ask("NOOP").code, 200) << "the session goes on after " << row.command;
    }
}

TEST_P(StorageErrors, DoNotTakeTheStatusAway) {
    LoggedInPeer peer;
    peer.use(std::make_shared<FailingVolume>(peer.volume(), Fault::space, error()));
    EXPECT_EQ(peer.ask("STAT").code, 211);
}

class SftpDoor {
  public:
    explicit SftpDoor(Fault fault, Error error) {
        const Files files(peer_.volume());
        EXPECT_TRUE(files.store(to("/f"), "hello"));
        EXPECT_TRUE(files.mkdir("/d"));
        peer_.use(std::make_shared<FailingVolume>(peer_.volume(), fault, error));
    }

    Answer ask(Fault fault) {
        const Fields size = Fields().u32(1).u64(2);
        switch (fault) {
            case Fault::stat:
                return peer_.stat("/f");
            case Fault::list:
                return peer_.ask(fxp::opendir, Fields().str("/d"));
            case Fault::next:
                return peer_.ask(fxp::readdir, Fields().str(peer_.opendir("/d")));
            case Fault::make_directory:
                return peer_.ask(fxp::mkdir, Fields().str("/n").u32(0));
            case Fault::remove_directory:
                return peer_.ask(fxp::rmdir, Fields().str("/d"));
            case Fault::remove:
                return peer_.ask(fxp::remove, Fields().str("/f"));
            case Fault::rename:
                return peer_.ask(fxp::rename, Fields().str("/f").str("/g"));
            case Fault::set_attributes:
                return peer_.ask(fxp::setstat, Fields().str("/f").u32(4).u32(0600));
            case Fault::download:
                return peer_.try_open("/f", fxf::read);
            case Fault::read:
                return peer_.read(peer_.open("/f", fxf::read), 0, 5);
            case Fault::upload:
                return peer_.try_open("/n", fxf::put);
            case Fault::write:
                return peer_.ask(fxp::write,
                                 Fields().str(peer_.open("/n", fxf::put)).u64(0).str("x"));
            case Fault::truncate:
                return peer_.ask(fxp::fsetstat,
                                 Fields().str(peer_.open("/f", fxf::write)).raw(size.bytes()));
            case Fault::sync:
                return peer_.extended("fsync@openssh.com",
                                      Fields().str(peer_.open("/n", fxf::put)));
            case Fault::commit:
                return peer_.ask_close(peer_.open("/n", fxf::put));
            case Fault::space:
                return peer_.extended("statvfs@openssh.com", Fields().str("/"));
            default:
                ADD_FAILURE() << "not asked for here";
                return {};
        }
    }
    [[nodiscard]] bool is_open() const { return peer_.closed.empty(); }

  private:
    SftpPeer peer_;
};

TEST_P(StorageErrors, AreToldBySftpAtEveryOperation) {
    for (const Fault fault :
         {Fault::stat, Fault::list, Fault::next, Fault::make_directory, Fault::remove_directory,
          Fault::remove, Fault::rename, Fault::set_attributes, Fault::download, Fault::read,
          Fault::upload, Fault::write, Fault::truncate, Fault::sync, Fault::commit, Fault::space}) {
        SftpDoor door(fault, error());
        const auto told = sftp::reply_to(1, error());
        Answer expected(
            std::string(reinterpret_cast<const char*>(told.bytes.data()), told.bytes.size()));
        Answer answer = door.ask(fault);
        EXPECT_EQ(answer.code(), expected.code()) << static_cast<int>(fault);
        EXPECT_EQ(answer.text(), expected.text()) << static_cast<int>(fault);
        EXPECT_TRUE(door.is_open());
    }
}

}  // namespace
}  // namespace sallyport::test
