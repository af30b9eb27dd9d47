#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <optional>
#include <utility>

#include "storage/async.hpp"

namespace sallyport::test {

/// Runs `work` to its end on an event loop of its own and returns what it yields. What it throws is
/// thrown here.
template <class T>
T run(Async<T> work) {
    boost::asio::io_context loop(1);
    std::optional<T> result;
    std::exception_ptr failure;
    boost::asio::co_spawn(loop, std::move(work), [&](std::exception_ptr thrown, T value) {
        failure = thrown;
        result.emplace(std::move(value));
    });
    loop.run();
    if (failure) std::rethrow_exception(failure);
    return std::move(result).value();
}

inline void run(Async<void> work) {
    boost::asio::io_context loop(1);
    std::exception_ptr failure;
    boost::asio::co_spawn(loop, std::move(work),
                          [&](std::exception_ptr thrown) { failure = thrown; });
    loop.run();
    if (failure) std::rethrow_exception(failure);
}

}  // namespace sallyport::test
