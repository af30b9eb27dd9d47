#include "server/startup.hpp"

#include <gtest/gtest.h>

namespace sallyport::server {
namespace {

config::Config running() {
    config::Config config;
    config.storage.root = "/srv/incoming";
    config.listeners.emplace_back().endpoint = {"0.0.0.0", 21};
    return config;
}

TEST(NeedingRestart, EqualConfigurationsNeedNone) {
    EXPECT_EQ(needing_restart(running(), running()), "");
}

TEST(NeedingRestart, LimitsAndListenerOptionsNeedNone) {
    auto wanted = running();
    wanted.limits.per_address = 1;
    wanted.listeners[0].data_session = config::DataSession::resume;
    wanted.server.name = "other";
    EXPECT_EQ(needing_restart(running(), wanted), "");
}

TEST(NeedingRestart, WhatIsOpenedAtTheStartIsNamed) {
    auto wanted = running();
    wanted.storage.root = "/srv/other";
    wanted.log.level = config::LogLevel::debug;
    wanted.server.state_dir = "/var/lib/other";
    wanted.server.threads = 3;
    wanted.server.user = "sallyport";
    wanted.server.hardening = config::Hardening::required;
    wanted.admin.address = config::Endpoint{"127.0.0.1", 9321};
    wanted.listeners[0].endpoint.port = 2121;
    wanted.auth_providers = {"http"};
    EXPECT_EQ(needing_restart(running(), wanted),
              "storage, log, server.state_dir, server.threads, server.user, server.hardening, "
              "admin, listener, auth.providers");
}

}  // namespace
}  // namespace sallyport::server
