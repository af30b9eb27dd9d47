#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include "storage/async.hpp"

namespace sallyport::auth {

/// Runs one coroutine to its end and gives its result.
template <class T>
T run(Async<T> coroutine) {
    boost::asio::io_context context;
    auto result = boost::asio::co_spawn(context, std::move(coroutine), boost::asio::use_future);
    context.run();
    return result.get();
}

}  // namespace sallyport::auth
