#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <fstream>

#include "server/admin/listening_socket.hpp"
#include "tests/unit/storage/temporary_directory.hpp"

namespace sallyport::server::admin {
namespace {

using Unix = boost::asio::local::stream_protocol;

class ListeningSocketTest : public testing::Test {
  protected:
    ~ListeningSocketTest() override {
        if (descriptor_ >= 0) ::close(descriptor_);
    }

    /// What went wrong; empty when it listens.
    std::string listen(const config::AdminAddress& address) {
        auto opened = listen_on(address);
        if (auto* problem = std::get_if<std::string>(&opened)) return *problem;
        descriptor_ = std::get<ListeningSocket>(opened).descriptor;
        return {};
    }
    [[nodiscard]] bool can_connect() const {
        boost::asio::io_context context;
        Unix::socket client(context);
        boost::system::error_code error;
        client.connect(Unix::endpoint(path_.native()), error);
        return !error;
    }

    test::TemporaryDirectory directory_;
    std::filesystem::path path_ = directory_.path() / "admin.sock";
    int descriptor_ = -1;
};

TEST_F(ListeningSocketTest, SocketIsForItsOwnerAlone) {
    EXPECT_EQ(listen(path_), "");
    struct stat status {};
    ASSERT_EQ(::stat(path_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0600U);
    EXPECT_TRUE(can_connect());
}

TEST_F(ListeningSocketTest, SocketThatACrashLeftIsReplaced) {
    {
        boost::asio::io_context context;
        const Unix::acceptor left(context, Unix::endpoint(path_.native()));
    }
    ASSERT_TRUE(std::filesystem::exists(path_));
    EXPECT_EQ(listen(path_), "");
    EXPECT_TRUE(can_connect());
}

TEST_F(ListeningSocketTest, SocketOfARunningServerStays) {
    boost::asio::io_context context;
    Unix::acceptor other(context, Unix::endpoint(path_.native()));
    EXPECT_EQ(listen(path_),
              "cannot listen on unix:" + path_.native() + ": Address already in use");
    EXPECT_TRUE(can_connect());
}

TEST_F(ListeningSocketTest, FileThatIsNoSocketStays) {
    std::ofstream(path_) << "mine";
    EXPECT_NE(listen(path_), "");
    EXPECT_EQ(std::filesystem::file_size(path_), 4U);
}

TEST_F(ListeningSocketTest, PathThatIsTooLongIsASentence) {
    const auto path = directory_.path() / std::string(120, 'x');
    EXPECT_EQ(listen(path), "cannot listen on unix:" + path.native() + ": the path is too long");
}

TEST_F(ListeningSocketTest, AddressInUseIsASentence) {
    ASSERT_EQ(listen(config::Endpoint{"127.0.0.1", 0}), "");
    sockaddr_in bound{};
    socklen_t size = sizeof bound;
    ASSERT_EQ(::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&bound), &size), 0);
    const config::AdminAddress same = config::Endpoint{"127.0.0.1", ntohs(bound.sin_port)};
    const auto second = listen_on(same);
    ASSERT_TRUE(std::holds_alternative<std::string>(second));
    EXPECT_EQ(std::get<std::string>(second),
              "cannot listen on " + to_string(same) + ": Address already in use");
}

TEST_F(ListeningSocketTest, Ipv6IsBracketed) {
    EXPECT_EQ(to_string(config::AdminAddress(config::Endpoint{"::1", 9321})), "[::1]:9321");
    EXPECT_EQ(to_string(config::AdminAddress(std::filesystem::path("/a b"))), "unix:/a b");
}

}  // namespace
}  // namespace sallyport::server::admin
