#include "config/schema.hpp"

#include <gtest/gtest.h>

#include <set>

#include "tests/unit/config/config_files.hpp"

namespace sallyport::config {
namespace {

TEST(Schema, NamesAreUnique) {
    std::set<std::string> tables;
    for (const TableSchema& table : schema()) {
        EXPECT_TRUE(tables.insert(table.name).second) << table.name;
        std::set<std::string> keys;
        for (const Key& key : table.keys) EXPECT_TRUE(keys.insert(key.name).second) << key.name;
        for (const auto& key : table.unsupported) EXPECT_TRUE(keys.insert(key).second) << key;
    }
    for (const auto& table : unsupported_tables()) EXPECT_TRUE(tables.insert(table).second);
}

class Defaults : public ConfigFiles {
  protected:
    /// The keys of `table` that have a default, set to it.
    static std::string defaults_of(const std::string& table) {
        std::string text;
        for (const TableSchema& row : schema()) {
            if (row.name != table) continue;
            for (const Key& key : row.keys) {
                if (!key.fallback.empty()) text += key.name + " = " + key.fallback + "\n";
            }
        }
        return text;
    }

    /// `minimal` with every default written out.
    static std::string written_out() {
        std::string text;
        for (const std::string table : {"server", "log", "limits", "auth"}) {
            text += "[" + table + "]\n" + defaults_of(table);
        }
        text += "[tls]\ncertificate = \"cert.pem\"\nkey = \"key.pem\"\n" + defaults_of("tls");
        text += "[storage]\nroot = \"files\"\n" + defaults_of("storage");
        text += "[[listener]]\nprotocol = \"ftps\"\naddress = \"127.0.0.1:2121\"\n" +
                defaults_of("listener");
        return text;
    }
};

TEST_F(Defaults, DocumentedAreTheOnesInForce) {
    const auto silent = load_text(minimal).config;
    const auto spoken = load_text(written_out()).config;
    ASSERT_TRUE(silent);
    ASSERT_TRUE(spoken);
    EXPECT_EQ(silent->server, spoken->server);
    EXPECT_EQ(silent->log, spoken->log);
    EXPECT_EQ(silent->tls, spoken->tls);
    EXPECT_EQ(silent->storage, spoken->storage);
    EXPECT_EQ(silent->limits, spoken->limits);
    EXPECT_EQ(silent->listeners, spoken->listeners);
    EXPECT_EQ(silent->auth_providers, spoken->auth_providers);
}

TEST_F(Defaults, DocumentedOfPoliciesAndUsersAreTheOnesInForce) {
    const std::string hash = "password = '" + std::string(standard_hash) + "'\n";
    const std::string policies =
        "[policy.a]\npreset = \"full\"\n[policy.b]\npreset = \"full\"\n" + defaults_of("policy");
    const std::string users = "[user.a]\npolicy = \"a\"\n" + hash + "[user.b]\npolicy = \"b\"\n" +
                              hash + defaults_of("user");
    const auto config = load_text(after_minimal(policies + users)).config;
    ASSERT_TRUE(config);
    const auto& a = config->users->at("a");
    const auto& b = config->users->at("b");
    EXPECT_EQ(a.enabled, b.enabled);
    EXPECT_EQ(a.ssh_keys, b.ssh_keys);
    EXPECT_EQ(a.policy->file_mode, b.policy->file_mode);
    EXPECT_EQ(a.policy->directory_mode, b.policy->directory_mode);
    EXPECT_EQ(a.policy->transient_names, b.policy->transient_names);
    EXPECT_EQ(a.policy->transport.allow_missing_close_notify,
              b.policy->transport.allow_missing_close_notify);
}

}  // namespace
}  // namespace sallyport::config
