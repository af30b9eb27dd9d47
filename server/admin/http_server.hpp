#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <string>
#include <variant>

#include "config/config.hpp"
#include "storage/async.hpp"

namespace sallyport::server::admin {

/// What a request gets.
struct Answer {
    unsigned status = 200;
    std::string_view type = "text/plain; charset=utf-8";
    std::string body;
};

/// Answers GET requests by HTTP/1.1, for this machine alone: one request a connection, few
/// connections, short headers, short deadlines. Refuses names of hosts that are not this machine's
/// (see `is_local_host`). Lives on the thread of its executor.
class HttpServer {
  public:
    /// Called with the path of the request, without a query.
    using Handler = std::function<Async<Answer>(std::string path)>;

    /// Listens, see `listen_on`; a sentence on failure.
    [[nodiscard]] static std::variant<std::unique_ptr<HttpServer>, std::string> open(
        boost::asio::any_io_executor executor, const config::AdminAddress& address);
    /// Stops listening, and removes the Unix socket.
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    /// Begins to answer. Call once.
    void start(Handler handler);
    /// "127.0.0.1:9321", with the port that the kernel chose for port 0, or "unix:/path".
    [[nodiscard]] std::string bound() const;

  private:
    class Impl;
    explicit HttpServer(std::shared_ptr<Impl> impl);

    std::shared_ptr<Impl> impl_;
};

}  // namespace sallyport::server::admin
