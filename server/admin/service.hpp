#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/admin/http_server.hpp"
#include "server/admin/metrics.hpp"
#include "server/admin/storage_watch.hpp"
#include "server/sessions.hpp"
#include "server/startup.hpp"

namespace sallyport::server::admin {

/// Tells how the server is: `/healthz`, `/readyz`, `/metrics` and `/status`. Lives on the main
/// thread.
class Service {
  public:
    /// What it looks at; all of it must outlive the service.
    struct Sources {
        const Metrics& metrics;
        const Sessions& sessions;
        const Pools& pools;
        std::shared_ptr<storage::Backend> backend;
    };

    /// Answers at `servers`, on the thread of `executor`, and at `later` as soon as another server
    /// has let go of that.
    Service(boost::asio::any_io_executor executor, Sources sources,
            std::vector<std::unique_ptr<HttpServer>> servers,
            const std::optional<config::AdminAddress>& later = {});
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    /// Clients can come: these listeners are open.
    void set_ready(std::vector<monitor::ListenerView> listeners);
    /// No further client should come.
    void set_draining() { draining_ = true; }
    /// Where it listens, such as "127.0.0.1:9321 unix:/var/lib/sallyport/admin.sock".
    [[nodiscard]] std::string bound() const;

  private:
    void add(std::unique_ptr<HttpServer> server);
    static Async<void> take_over(Service& self, config::AdminAddress address);
    Async<Answer> answer(std::string path);
    Async<monitor::Status> status();
    [[nodiscard]] std::vector<monitor::PenaltyView> penalties() const;
    [[nodiscard]] std::vector<monitor::PoolView> pools() const;

    boost::asio::any_io_executor executor_;
    Sources sources_;
    StorageWatch storage_;
    const std::chrono::system_clock::time_point started_ = std::chrono::system_clock::now();
    const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
    std::vector<monitor::ListenerView> listeners_;
    bool draining_ = false;
    std::vector<std::unique_ptr<HttpServer>> servers_;
};

}  // namespace sallyport::server::admin
