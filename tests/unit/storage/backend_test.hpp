#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "storage/blocking_pool.hpp"
#include "storage/local/local_backend.hpp"
#include "storage/memory/memory_backend.hpp"
#include "tests/unit/storage/files.hpp"
#include "tests/unit/storage/temporary_directory.hpp"

namespace sallyport::test {

enum class Kind { local, memory };

/// A fact that holds for every backend. A file says which with `INSTANTIATE_TEST_SUITE_P(, X,
/// every_backend())`.
class BackendTest : public testing::TestWithParam<Kind> {
  protected:
    BackendTest() {
        if (GetParam() == Kind::memory) {
            backend_ = std::make_unique<storage::MemoryBackend>();
            return;
        }
        storage::LocalOptions options;
        options.root = directory_.path();
        options.fsync = false;
        backend_ = storage::LocalBackend::open(options, pool_).value();
    }

    [[nodiscard]] Files files(const std::string& owner = "alice",
                              const std::string& home = "acme") const {
        return open_files(*backend_, owner, home);
    }

    TemporaryDirectory directory_;
    BlockingPool pool_{2};
    std::unique_ptr<storage::Backend> backend_;
};

}  // namespace sallyport::test

/// Makes `suite`, derived from BackendTest, run once for each backend.
#define SALLYPORT_FOR_EVERY_BACKEND(suite)                                               \
    INSTANTIATE_TEST_SUITE_P(                                                            \
        Every, suite,                                                                    \
        testing::Values(sallyport::test::Kind::local, sallyport::test::Kind::memory),    \
        [](const auto& parameter) {                                                      \
            return parameter.param == sallyport::test::Kind::local ? "Local" : "Memory"; \
        })
