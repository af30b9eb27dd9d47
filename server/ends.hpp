#pragma once

#include <boost/asio/ip/address.hpp>
#include <string>

namespace sallyport::server {

/// Whose a connection is. Addresses are canonical.
struct Ends {
    boost::asio::ip::address client;   ///< on the word of a trusted balancer, if there is one
    boost::asio::ip::address reached;  ///< what the client connected to
    std::string balancer;              ///< the address of the one in between; empty: there is none

    /// True for a connection that a balancer makes for itself, such as a health check.
    [[nodiscard]] bool are_of_balancer() const { return balancer == client.to_string(); }
};

}  // namespace sallyport::server
