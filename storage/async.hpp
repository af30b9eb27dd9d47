#pragma once

#include <boost/asio/awaitable.hpp>

namespace sallyport {

/// A coroutine that yields a `T`. It runs on, and resumes on, the executor of whoever awaits it.
template <class T>
using Async = boost::asio::awaitable<T>;

}  // namespace sallyport
