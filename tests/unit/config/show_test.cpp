#include "config/show.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/schema.hpp"
#include "config/toml_text.hpp"
#include "tests/unit/config/config_files.hpp"

namespace sallyport::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class ShowTest : public ConfigFiles {
  protected:
    Shown shown(std::string_view more, const std::optional<std::string>& user = std::nullopt) {
        write("main.toml", after_minimal(more));
        Shown result = show(folder_ / "main.toml", user);
        EXPECT_THAT(printed(result.problems), IsEmpty());
        const std::string prefix = folder_.native() + "/";
        for (auto at = result.text.find(prefix); at != std::string::npos;
             at = result.text.find(prefix)) {
            result.text.erase(at, prefix.size());
        }
        return result;
    }

    const std::string users_ =
        "[policy.p]\npreset = \"dropbox\"\nnames = [\"*.csv\"]\n"
        "[[policy.p.rule]]\npath = \"/out/**\"\nallow = [\"list\"]\n"
        "[user.acme]\npolicy = \"p\"\npassword = '" +
        std::string(standard_hash) +
        "'\nmax_file_size = \"1GiB\"\n[[user.acme.rule]]\npath = "
        "\"/in/**\"\nallow = []\n"
        "[user.\"b@c\"]\npolicy = \"p\"\npassword = \"file:secret\"\n";
};

TEST_F(ShowTest, EachValueHasItsOrigin) {
    const std::string text = shown("[limits]\nidle = \"90s\"\n").text;
    EXPECT_THAT(text, HasSubstr("[limits]\nconnections = 1000  # default\n"));
    EXPECT_THAT(text, HasSubstr("idle = \"90s\"  # main.toml:12\n"));
    EXPECT_THAT(text, HasSubstr("# state_dir is not set  # none\n"));
    EXPECT_THAT(text, HasSubstr("[[listener]]\nprotocol = \"ftps\"  # main.toml:9\n"));
}

TEST_F(ShowTest, PathsAreShownWhole) {
    const Shown result = show((write("main.toml", minimal), folder_ / "main.toml"), std::nullopt);
    EXPECT_THAT(result.text, HasSubstr("root = \"" + (folder_ / "files").native() + "\"  # "));
    EXPECT_THAT(result.text, HasSubstr("certificate = \"" + (folder_ / "cert.pem").native()));
}

TEST_F(ShowTest, PolicyShowsWhatItsPresetGrants) {
    write("secret", std::string(standard_hash), 0600);
    const std::string text = shown(users_).text;
    EXPECT_THAT(text, HasSubstr("[policy.p]\npreset = \"dropbox\"  # main.toml:12\n"));
    EXPECT_THAT(text, HasSubstr("# allow = [\"upload\"]  # preset dropbox\n"));
    EXPECT_THAT(text, HasSubstr("overwrite = \"deny\"  # preset dropbox\n"));
    EXPECT_THAT(text, HasSubstr("[[policy.p.rule]]\npath = \"/out/**\"  # main.toml:15\n"));
}

TEST_F(ShowTest, UserShowsWhatIsMergedForThem) {
    write("secret", std::string(standard_hash), 0600);
    const std::string text = shown(users_, "acme").text;
    EXPECT_TRUE(text.starts_with("[user.acme]\npolicy = \"p\"  # main.toml:18\n")) << text;
    EXPECT_THAT(text, HasSubstr("names = [\"*.csv\"]  # main.toml:13\n"));
    EXPECT_THAT(text, HasSubstr("max_file_size = \"1GiB\"  # main.toml:20\n"));
    EXPECT_THAT(text, HasSubstr("overwrite = \"deny\"  # preset dropbox\n"));
    EXPECT_THAT(text, HasSubstr("file_mode = \"0640\"  # default\n"));
    const auto own_rule = text.find("[[user.acme.rule]]\npath = \"/in/**\"  # main.toml:22\n");
    const auto policys_rule = text.find("[[user.acme.rule]]\npath = \"/out/**\"  # main.toml:15\n");
    ASSERT_NE(own_rule, std::string::npos) << text;
    ASSERT_NE(policys_rule, std::string::npos) << text;
    EXPECT_LT(own_rule, policys_rule);
    EXPECT_THAT(text, Not(HasSubstr("b@c")));
}

TEST_F(ShowTest, SecretsAreMaskedAndTheirPlacesAreNot) {
    write("secret", std::string(standard_hash), 0600);
    const std::string text = shown(users_).text;
    EXPECT_THAT(text, Not(HasSubstr("argon2")));
    EXPECT_THAT(text, HasSubstr("password = \"********\"  # main.toml:19\n"));
    EXPECT_THAT(text, HasSubstr("[user.\"b@c\"]\n"));
    EXPECT_THAT(text, HasSubstr("password = \"file:secret\"  # main.toml:26\n"));
}

TEST_F(ShowTest, WhatIsShownIsAValidConfiguration) {
    write("secret", std::string(standard_hash), 0600);
    write("main.toml", after_minimal(users_));
    std::string text = show(folder_ / "main.toml", std::nullopt).text;
    const std::string masked = "********";
    text.replace(text.find(masked), masked.size(), standard_hash);
    const Loaded again = load_text(text);
    EXPECT_THAT(printed(again.problems), IsEmpty()) << text;
    ASSERT_TRUE(again.config);
    const auto& policy = *again.config->users->at("acme").policy;
    EXPECT_EQ(policy.own, auth::preset_named("dropbox")->own);
    EXPECT_EQ(policy.rules.size(), 2U);
    EXPECT_EQ(policy.max_file_size, 1ULL << 30U);
}

TEST_F(ShowTest, UnknownUserIsToldApartFromAProblem) {
    EXPECT_FALSE(shown("", "nobody").knows_user);
    write("main.toml", "nonsense");
    const Shown broken = show(folder_ / "main.toml", "acme");
    EXPECT_THAT(broken.problems, testing::SizeIs(1));
    EXPECT_EQ(broken.text, "");
}

TEST(Show, EveryKeyThatTakesASecretIsMasked) {
    int secrets = 0;
    for (const TableSchema& table : schema()) {
        for (const Key& key : table.keys) {
            if (key.type.find("env:NAME") == std::string::npos) continue;
            ++secrets;
            ASSERT_TRUE(key.shown) << table.name << "." << key.name;
            const Value shown = key.shown(Value{{}, std::string("hunter2")});
            EXPECT_THAT(toml_text(shown), Not(HasSubstr("hunter2"))) << key.name;
        }
    }
    EXPECT_GT(secrets, 0);
}

TEST(TomlText, WritesWhatTomlReads) {
    EXPECT_EQ(toml_text({{}, std::string("a\"b\\c\n\x7f\xc3\xa4")}),
              "\"a\\\"b\\\\c\\u000a\\u007f\xc3\xa4\"");
    EXPECT_EQ(toml_text({{}, std::int64_t{-5}}), "-5");
    EXPECT_EQ(toml_text({{}, true}), "true");
    EXPECT_EQ(toml_text({{}, std::chrono::sys_days(std::chrono::year(2027) / 6 / 3)}),
              "2027-06-03");
    EXPECT_EQ(toml_text({{}, List{{{}, std::int64_t{1}}, {{}, false}}}), "[1, false]");
    EXPECT_EQ(toml_text({{}, Table{{"/a", {}, {{}, std::int64_t{1}}}}}), "{\"/a\" = 1}");
    EXPECT_EQ(toml_key("b-c_1"), "b-c_1");
    EXPECT_EQ(toml_key(""), "\"\"");
}

}  // namespace
}  // namespace sallyport::config
