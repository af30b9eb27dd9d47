#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "tests/unit/storage/local/local_test.hpp"

namespace sallyport::test {
namespace {

class Confinement : public LocalTest {
  protected:
    /// Every operation that could open, change or show what is behind `link`, a link to a file.
    void expect_unusable(const std::string& link) {
        const Files alice = files();
        EXPECT_EQ(refusal(alice.stat(link)), Error::not_a_regular_file) << link;
        EXPECT_EQ(refusal(alice.read(link)), Error::not_a_regular_file) << link;
        EXPECT_EQ(refusal(alice.remove(link)), Error::not_a_regular_file) << link;
        EXPECT_EQ(refusal(alice.rename(link, "/other")), Error::not_a_regular_file) << link;
        EXPECT_EQ(refusal(alice.set(link, change())), Error::not_a_regular_file) << link;
        for (const auto overwrite : {Overwrite::replace, Overwrite::keep}) {
            EXPECT_EQ(refusal(alice.begin(to(link, overwrite))), Error::not_a_regular_file) << link;
            EXPECT_EQ(refusal(alice.begin(resume_at_end(link, overwrite))),
                      Error::not_a_regular_file)
                << link;
            EXPECT_EQ(refusal(alice.rename("/plain", link, overwrite)), Error::not_a_regular_file)
                << link;
        }
        EXPECT_EQ(refusal(run(alice.volume().digest(path(link), storage::DigestAlgorithm::md5))),
                  Error::not_a_regular_file)
            << link;
        EXPECT_EQ(alice.names("/"), std::vector<std::string>{"plain"}) << link;
        EXPECT_TRUE(
            std::filesystem::exists(std::filesystem::symlink_status(home() / link.substr(1))));
    }

    static storage::AttributeChange change() {
        storage::AttributeChange change;
        change.mode = 0777;
        change.modified = storage::FileTime();
        return change;
    }
};

TEST_F(Confinement, ALinkToAFileIsNeverFollowed) {
    ASSERT_TRUE(files().store(to("/plain"), "x"));
    const auto secret = outside() / "secret";
    write_file(secret, "secret");
    const auto before = std::filesystem::last_write_time(secret);
    for (const std::string& target :
         {secret.string(), std::string("../../outside/secret"), std::string("plain"),
          std::string("/proc/self/exe"), std::string("dangling"), std::string("link")}) {
        std::filesystem::create_symlink(target, home() / "link");
        expect_unusable("/link");
        std::filesystem::remove(home() / "link");
    }
    EXPECT_EQ(read_file(secret), "secret");
    EXPECT_EQ(std::filesystem::last_write_time(secret), before);
    EXPECT_EQ(read_file(home() / "plain"), "x");
}

TEST_F(Confinement, ALinkToADirectoryIsNeverFollowed) {
    ASSERT_TRUE(files().store(to("/plain"), "x"));
    const Files alice = files();
    ASSERT_TRUE(alice.mkdir("/inside"));
    write_file(outside() / "secret", "secret");
    std::filesystem::create_directory(outside() / "empty");
    for (const std::string& target : {outside().string(), std::string("../../outside"),
                                      std::string("/proc/self/cwd"), std::string("inside")}) {
        std::filesystem::create_symlink(target, home() / "link");
        EXPECT_EQ(refusal(alice.list("/link")), Error::not_a_directory);
        EXPECT_EQ(refusal(alice.stat("/link/secret")), Error::forbidden);
        EXPECT_EQ(refusal(alice.read("/link/secret")), Error::forbidden);
        EXPECT_EQ(refusal(alice.remove("/link/secret")), Error::not_a_directory);
        EXPECT_EQ(refusal(alice.rmdir("/link/empty")), Error::not_a_directory);
        EXPECT_EQ(refusal(alice.rmdir("/link")), Error::not_a_directory);
        EXPECT_EQ(refusal(alice.mkdir("/link/new")), Error::not_a_directory);
        EXPECT_EQ(refusal(alice.begin(to("/link/new"))), Error::not_a_directory);
        EXPECT_EQ(refusal(alice.rename("/plain", "/link/new")), Error::not_a_directory);
        EXPECT_EQ(refusal(alice.rename("/link/secret", "/new")), Error::forbidden);
        EXPECT_EQ(refusal(alice.set("/link/secret", change())), Error::forbidden);
        EXPECT_EQ(alice.names("/"), (std::vector<std::string>{"inside", "plain"}));
        std::filesystem::remove(home() / "link");
    }
    EXPECT_EQ(count_below(outside()), 2U);
}

TEST_F(Confinement, AHomeThatIsALinkIsRefused) {
    open();
    std::filesystem::create_symlink(outside(), home());
    storage::VolumeRequest request;
    request.owner = "alice";
    request.home = "acme";
    EXPECT_EQ(refusal(run(backend_->open_volume(request))), Error::not_a_directory);
    request.home = "acme/deeper";
    EXPECT_EQ(refusal(run(backend_->open_volume(request))), Error::forbidden);
    EXPECT_EQ(count_below(outside()), 0U);
}

TEST_F(Confinement, PipesSocketsAndDevicesAreNeverOpened) {
    ASSERT_TRUE(files().store(to("/plain"), "x"));
    ASSERT_EQ(::mkfifo((home() / "pipe").c_str(), 0666), 0);
    expect_unusable("/pipe");
    std::filesystem::remove(home() / "pipe");
    const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string name = (home() / "socket").string();
    ASSERT_LT(name.size(), sizeof address.sun_path);
    name.copy(address.sun_path, name.size());
    ASSERT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    expect_unusable("/socket");
    ::close(fd);
    std::filesystem::remove(home() / "socket");
    if (::mknod((home() / "device").c_str(), S_IFCHR | 0666, makedev(1, 3)) != 0) {
        GTEST_SKIP() << "devices cannot be made here";
    }
    expect_unusable("/device");
}

TEST_F(Confinement, AFileWithASecondNameIsNeitherReadNorChanged) {
    const Files alice = files();
    write_file(outside() / "secret", "secret");
    std::filesystem::create_hard_link(outside() / "secret", home() / "hard");
    const auto before = std::filesystem::status(outside() / "secret").permissions();
    EXPECT_EQ(refusal(alice.read("/hard")), Error::not_a_regular_file);
    EXPECT_EQ(refusal(run(alice.volume().digest(path("/hard"), storage::DigestAlgorithm::md5))),
              Error::not_a_regular_file);
    EXPECT_EQ(refusal(alice.begin(resume_at_end("/hard", Overwrite::replace))),
              Error::not_a_regular_file);
    EXPECT_EQ(refusal(alice.set("/hard", change())), Error::not_a_regular_file);
    EXPECT_EQ(std::filesystem::status(outside() / "secret").permissions(), before);
    EXPECT_TRUE(alice.store(to("/hard", Overwrite::replace), "new"));
    EXPECT_EQ(read_file(outside() / "secret"), "secret");
}

TEST_F(Confinement, NamesThatNoClientCouldSayAreNotListed) {
    const Files alice = files();
    write_file(home() / "fine", "x");
    write_file(home() / "new\nline", "x");
    write_file(home() / "latin-\xFC", "x");
    std::filesystem::create_directory(home() / ".sallyport");
    EXPECT_EQ(alice.names("/"), std::vector<std::string>{"fine"});
}

TEST_F(Confinement, ADirectoryThatBecameALinkTakesNoUpload) {
    const Files alice = files();
    ASSERT_TRUE(alice.mkdir("/in"));
    auto upload = alice.begin(to("/in/a")).value();
    ASSERT_TRUE(write(*upload, 0, "mine"));
    std::filesystem::rename(home() / "in", home() / "old");
    std::filesystem::create_directory_symlink(outside(), home() / "in");
    EXPECT_EQ(refusal(run(upload->commit())), Error::not_a_directory);
    EXPECT_EQ(count_below(outside()), 0U);
    EXPECT_EQ(count_below(staging() / "active"), 0U);
}

TEST_F(Confinement, ADirectoryThatIsGoneTakesNoUpload) {
    const Files alice = files();
    ASSERT_TRUE(alice.mkdir("/in"));
    auto upload = alice.begin(to("/in/a")).value();
    ASSERT_TRUE(write(*upload, 0, "mine"));
    ASSERT_TRUE(alice.rename("/in", "/out"));
    EXPECT_EQ(refusal(run(upload->commit())), Error::not_found);
    EXPECT_TRUE(alice.names("/out").empty());
    EXPECT_EQ(count_below(staging() / "active"), 0U);
}

TEST_F(Confinement, ADirectorySwappedForALinkAllTheTimeLetsNothingOut) {
    const Files alice = files();
    ASSERT_TRUE(alice.mkdir("/in"));
    write_file(outside() / "secret", "secret");
    std::filesystem::create_symlink(outside(), home() / "decoy");
    std::atomic<bool> stop = false;
    std::thread swapper([&] {
        const std::string in = (home() / "in").string();
        const std::string decoy = (home() / "decoy").string();
        while (!stop) ::renameat2(AT_FDCWD, in.c_str(), AT_FDCWD, decoy.c_str(), RENAME_EXCHANGE);
    });
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(2);
    int stored = 0;
    int refused = 0;
    for (int i = 0; std::chrono::steady_clock::now() < deadline && (stored < 200 || refused < 200);
         ++i) {
        const std::string name = "/in/file-" + std::to_string(i);
        (alice.store(to(name), "mine") ? stored : refused)++;
        EXPECT_NE(alice.read("/in/secret").has_value(), true);
        static_cast<void>(alice.mkdir("/in/directory"));
        static_cast<void>(alice.rmdir("/in/directory"));
        static_cast<void>(alice.remove("/in/secret"));
    }
    stop = true;
    swapper.join();
    EXPECT_GT(stored + refused, 0);
    EXPECT_EQ(count_below(outside()), 1U);
    EXPECT_EQ(read_file(outside() / "secret"), "secret");
}

}  // namespace
}  // namespace sallyport::test
