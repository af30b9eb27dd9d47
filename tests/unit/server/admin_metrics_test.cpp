#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/admin/event_metrics.hpp"
#include "server/admin/metrics.hpp"
#include "storage/error.hpp"
#include "tests/unit/server/recorder.hpp"

namespace sallyport::server::admin {
namespace {

using events::Fields;
using events::Level;
using testing::HasSubstr;
using testing::Not;

class MetricsTest : public testing::Test {
  protected:
    void emit(std::string_view event, const Fields& fields) {
        metrics_.emit(Level::info, event, fields);
    }
    [[nodiscard]] std::string text(const monitor::Status& status = {}) const {
        return metrics_.text(status);
    }
    static std::string string_of(storage::Error error) { return std::string(describe(error)); }

    events::Recorder log_;
    Metrics metrics_{log_};
};

TEST_F(MetricsTest, EventsGoOnUnchanged) {
    metrics_.emit(Level::warning, "auth.fail", {{"reason", std::string("wrong password")}});
    EXPECT_EQ(log_.text_, "auth.fail reason=wrong password");
    EXPECT_EQ(log_.level_, Level::warning);
}

TEST_F(MetricsTest, EventCountsInEachOfItsMetrics) {
    const Fields fields{{"protocol", std::string("sftp")},
                        {"method", std::string("password")},
                        {"user", std::string("acme")},
                        {"reason", std::string("wrong password")}};
    emit("auth.fail", fields);
    emit("auth.fail", fields);
    EXPECT_THAT(text(), HasSubstr("sallyport_logins_total{method=\"password\",protocol=\"sftp\","
                                  "result=\"failed\"} 2"));
    EXPECT_THAT(text(), HasSubstr("sallyport_login_failures_total{protocol=\"sftp\","
                                  "reason=\"wrong password\"} 2"));
    EXPECT_THAT(text(), Not(HasSubstr("acme")));
}

TEST_F(MetricsTest, UnknownEventsCountNowhere) {
    const auto before = text();
    emit("something.else", {{"protocol", std::string("sftp")}});
    EXPECT_EQ(text(), before);
}

TEST_F(MetricsTest, WhatCanBeForeseenBeginsAtZero) {
    EXPECT_THAT(text(), HasSubstr("\nsallyport_exposed_credentials_total 0\n"));
    EXPECT_THAT(text(), HasSubstr("sallyport_sessions_opened_total{protocol=\"sftp\"} 0"));
    EXPECT_THAT(text(), HasSubstr("sallyport_transfers_total{direction=\"upload\","
                                  "protocol=\"ftps-implicit\",result=\"failed\"} 0"));
    EXPECT_THAT(text(), HasSubstr("sallyport_session_duration_seconds_count{protocol=\"ftps\"} 0"));
}

TEST_F(MetricsTest, WhatCannotBeForeseenIsDescribedAllTheSame) {
    EXPECT_THAT(text(), HasSubstr("# TYPE sallyport_connections_refused_total counter\n"));
    EXPECT_THAT(text(), Not(HasSubstr("sallyport_connections_refused_total{")));
}

TEST_F(MetricsTest, DurationsFillAHistogram) {
    emit("file.received", {{"protocol", std::string("ftps")}, {"duration", 0.3}});
    const std::string labels = "{direction=\"upload\",protocol=\"ftps\"";
    EXPECT_THAT(text(), HasSubstr("sallyport_transfer_duration_seconds_count" + labels + "} 1"));
    EXPECT_THAT(text(), HasSubstr("sallyport_transfer_duration_seconds_bucket" + labels +
                                  ",le=\"0.1\"} 0"));
    EXPECT_THAT(text(), HasSubstr("sallyport_transfer_duration_seconds_bucket" + labels +
                                  ",le=\"0.5\"} 1"));
}

TEST_F(MetricsTest, RenamedFileHasNoDuration) {
    emit("file.received", {{"protocol", std::string("ftps")}, {"duration", 0.0}});
    EXPECT_THAT(text(), HasSubstr("sallyport_transfer_duration_seconds_count{direction=\"upload\","
                                  "protocol=\"ftps\"} 0"));
}

TEST_F(MetricsTest, OnlyFaultsOfTheMachineAreStorageErrors) {
    emit("file.abandoned",
         {{"protocol", std::string("ftps")}, {"why", string_of(storage::Error::quota_exceeded)}});
    EXPECT_THAT(text(),
                Not(HasSubstr("sallyport_storage_errors_total{protocol=\"ftps\",reason=\"the "
                              "quota")));
    EXPECT_THAT(text(), HasSubstr("sallyport_storage_errors_total{protocol=\"ftps\",reason=\"no "
                                  "space left\"} 0"));
    emit("file.abandoned",
         {{"protocol", std::string("ftps")}, {"why", string_of(storage::Error::no_space)}});
    EXPECT_THAT(text(), HasSubstr("sallyport_storage_errors_total{protocol=\"ftps\",reason=\"no "
                                  "space left\"} 1"));
}

TEST_F(MetricsTest, LabelsDoNotGrowWithoutBound) {
    for (int i = 0; i < 1000; ++i) {
        emit("session.refused",
             {{"protocol", std::string("ftps")}, {"reason", "x" + std::to_string(i)}});
    }
    const auto all = text();
    std::size_t lines = 0;
    for (auto at = all.find("sallyport_connections_refused_total{"); at != all.npos;
         at = all.find("sallyport_connections_refused_total{", at + 1)) {
        ++lines;
    }
    EXPECT_EQ(lines, Metrics::max_children + 1);
    EXPECT_THAT(all, HasSubstr("{protocol=\"other\",reason=\"other\"} 900"));
}

TEST_F(MetricsTest, LongLabelsAreCut) {
    emit("session.refused",
         {{"protocol", std::string("ftps")}, {"reason", std::string(10'000, 'x')}});
    EXPECT_THAT(text(), Not(HasSubstr(std::string(65, 'x'))));
}

TEST_F(MetricsTest, StateIsLookedUpWhenAsked) {
    monitor::Status status;
    status.started = std::chrono::system_clock::time_point(std::chrono::seconds(1000));
    status.not_ready = {"draining"};
    status.sessions.resize(2);
    status.sessions[0].protocol = config::Protocol::sftp;
    status.sessions[0].transfers.resize(3);
    status.certificates = {{"AB:CD", std::chrono::sys_seconds(std::chrono::seconds(2000))}};
    status.pools = {{"hashing", 2, 5, 66}, {"files", 16, 1, {}}};
    status.space = storage::Space{10, 20};
    status.moved = {{config::Protocol::sftp, monitor::Direction::upload, 12'345'678'901}};
    for (const auto* line :
         {"sallyport_start_time_seconds 1000\n", "sallyport_ready 0\n",
          "sallyport_sessions{protocol=\"sftp\"} 1\n", "sallyport_sessions{protocol=\"ftps\"} 1\n",
          "sallyport_transfers_active{protocol=\"sftp\",direction=\"upload\"} 3\n",
          "sallyport_transfer_bytes_total{protocol=\"sftp\",direction=\"upload\"} 12345678901\n",
          "sallyport_certificate_expiry_timestamp_seconds{sha256=\"AB:CD\"} 2000\n",
          "sallyport_pool_jobs{pool=\"hashing\"} 5\n",
          "sallyport_pool_limit{pool=\"hashing\"} 66\n", "sallyport_storage_free_bytes 10\n",
          "sallyport_storage_size_bytes 20\n"}) {
        EXPECT_THAT(text(status), HasSubstr(line));
    }
    EXPECT_THAT(text(status), Not(HasSubstr("sallyport_pool_limit{pool=\"files\"}")));
}

TEST_F(MetricsTest, UnusableStorageHasNoSpace) {
    EXPECT_THAT(text(), Not(HasSubstr("\nsallyport_storage_free_bytes ")));
}

TEST(RuleKind, IsOneOfAFewWords) {
    EXPECT_EQ(rule_kind("policy.partners.own"), "own");
    EXPECT_EQ(rule_kind("user.acme.names"), "names");
    EXPECT_EQ(rule_kind("policy.own.overwrite"), "overwrite");
    EXPECT_EQ(rule_kind("policy.partners: nothing allows delete"), "default");
    EXPECT_EQ(rule_kind("policy.a.own: does not allow list of what is below"), "default");
    EXPECT_EQ(rule_kind("policy.partners.rule /x.own/**: does not allow list"), "rule");
    EXPECT_EQ(rule_kind("policy.partners.rule /reports/**"), "rule");
    EXPECT_EQ(rule_kind("policy.partners"), "other");
    EXPECT_EQ(rule_kind(""), "other");
    EXPECT_EQ(rule_kind("policy.p.surprise"), "other");
}

TEST(EventMetrics, SameMetricHasSameHelpLabelsAndKind) {
    std::map<std::string_view, const EventMetric*> seen;
    for (const auto& row : event_metrics()) {
        const auto [found, inserted] = seen.emplace(row.metric, &row);
        if (inserted) continue;
        const auto& earlier = *found->second;
        EXPECT_EQ(row.help, earlier.help) << row.metric;
        EXPECT_EQ(row.kind, earlier.kind) << row.metric;
        ASSERT_EQ(row.labels.size(), earlier.labels.size()) << row.metric;
        for (std::size_t i = 0; i < row.labels.size(); ++i) {
            EXPECT_EQ(row.labels[i].name, earlier.labels[i].name) << row.metric;
        }
    }
}

TEST(EventMetrics, NoLabelHoldsWhatClientsChoose) {
    for (const auto& row : event_metrics()) {
        for (const auto& label : row.labels) {
            for (const auto* field : {"user", "path", "to", "address", "client", "session"}) {
                EXPECT_NE(label.field, field) << row.metric;
            }
        }
    }
}

}  // namespace
}  // namespace sallyport::server::admin
