#include "server/worker.hpp"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <future>
#include <new>
#include <stdexcept>

namespace sallyport::server {
namespace {

TEST(Worker, WhatAHandlerThrowsEndsThatHandlerAlone) {
    Worker worker;
    boost::asio::post(worker.context(), [] { throw std::bad_alloc(); });
    boost::asio::post(worker.context(), [] { throw std::runtime_error("broken"); });
    std::promise<void> reached;
    boost::asio::post(worker.context(), [&] { reached.set_value(); });
    reached.get_future().wait();
}

}  // namespace
}  // namespace sallyport::server
