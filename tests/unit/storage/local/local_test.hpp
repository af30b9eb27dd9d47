#pragma once

#include <gtest/gtest.h>
#include <sys/mount.h>

#include <filesystem>
#include <memory>
#include <string>

#include "storage/blocking_pool.hpp"
#include "storage/local/local_backend.hpp"
#include "tests/unit/storage/files.hpp"
#include "tests/unit/storage/temporary_directory.hpp"

namespace sallyport::test {

/// A local backend in `root()`, beside a directory `outside()` that nothing may ever reach.
class LocalTest : public testing::Test {
  protected:
    LocalTest() {
        std::filesystem::create_directory(root());
        std::filesystem::create_directory(outside());
        options_.root = root();
        options_.fsync = false;
    }

    [[nodiscard]] std::filesystem::path root() const { return directory_.path() / "root"; }
    [[nodiscard]] std::filesystem::path outside() const { return directory_.path() / "outside"; }
    [[nodiscard]] std::filesystem::path home() const { return root() / "acme"; }
    [[nodiscard]] std::filesystem::path staging() const { return root() / ".sallyport"; }

    void open() { backend_ = storage::LocalBackend::open(options_, pool_).value(); }
    [[nodiscard]] Files files(const std::string& owner = "alice") {
        if (!backend_) open();
        return open_files(*backend_, owner, "acme");
    }
    /// Waits until everything that destroyed uploads have left to the pool is done.
    void settle() {
        backend_.reset();
        pool_.restart();
    }

    /// A pool that can be ended, and with it everything that still runs on it.
    class Pool {
      public:
        operator BlockingPool&() { return *pool_; }
        void restart() {
            pool_.reset();
            pool_ = std::make_unique<BlockingPool>(2);
        }

      private:
        std::unique_ptr<BlockingPool> pool_ = std::make_unique<BlockingPool>(2);
    };

    TemporaryDirectory directory_;
    storage::LocalOptions options_;
    Pool pool_;
    std::unique_ptr<storage::LocalBackend> backend_;
};

/// A small file system of its own on a directory, as long as it lives.
class SmallFileSystem {
  public:
    explicit SmallFileSystem(std::filesystem::path on) : on_(std::move(on)) {
        mounted_ = ::mount("tmpfs", on_.c_str(), "tmpfs", 0, "size=1m,mode=0755") == 0;
    }
    ~SmallFileSystem() { unmount(); }
    SmallFileSystem(const SmallFileSystem&) = delete;
    SmallFileSystem& operator=(const SmallFileSystem&) = delete;

    [[nodiscard]] bool mounted() const { return mounted_; }
    void unmount() {
        if (mounted_) ::umount2(on_.c_str(), MNT_DETACH);
        mounted_ = false;
    }

  private:
    std::filesystem::path on_;
    bool mounted_ = false;
};

}  // namespace sallyport::test
