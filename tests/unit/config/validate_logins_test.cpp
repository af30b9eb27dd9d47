#include "config/validate_logins.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/public_keys.hpp"
#include "tests/unit/config/config_files.hpp"

namespace sallyport::config {
namespace {

using auth::Combinations;
using auth::Method;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string totp_line = "totp = \"GEZDGNBVGY3TQOJQGEZDGNBV\"\n";
const std::string certificate_line = "certificates = [\"subject:CN=acme\"]\n";

class ValidateLogins : public ConfigFiles {
  protected:
    ValidateLogins() { write("ca.pem", ""); }

    /// The user's header is line 14, `policy` is line 15, and `keys` begin in line 16.
    static std::string user(const std::string& keys) {
        return "[policy.p]\npreset = \"full\"\n\n[user.a]\npolicy = \"p\"\n" + keys;
    }
    static std::string password() { return "password = \"" + std::string(standard_hash) + "\"\n"; }
    static std::string keys() {
        return "ssh_keys = [\"" + std::string(test::ed25519.line) + "\"]\n";
    }
    /// A configuration with both doors and an authority.
    std::string with_all(const std::string& keys) {
        write("host", "", 0600);
        return "[ssh]\nhost_keys = [\"host\"]\n[[listener]]\nprotocol = \"sftp\"\naddress = "
               "\"127.0.0.1:2222\"\n" +
               user(keys);
    }
    Combinations login_of(const std::string& keys) {
        write("main.toml", "");
        std::string text = after_minimal(with_all(keys));
        text.insert(text.find("key = "), "client_ca = \"ca.pem\"\n");
        const auto loaded = load_text(text);
        EXPECT_THAT(printed(loaded.problems), IsEmpty());
        return loaded.config ? loaded.config->users->at("a").login : Combinations();
    }
};

TEST_F(ValidateLogins, CombinationsAreReadAsWritten) {
    EXPECT_EQ(login_of(password() + keys() + totp_line + certificate_line +
                       "login = [\"publickey\", \"totp+password\", \"certificate+password\"]\n"),
              (Combinations{{Method::publickey},
                            {Method::password, Method::totp},
                            {Method::certificate, Method::password}}));
}

TEST_F(ValidateLogins, WithoutLoginAnyOneDoesAndACodeComesWithThePassword) {
    EXPECT_EQ(login_of(password() + keys() + totp_line + certificate_line),
              (Combinations{
                  {Method::certificate}, {Method::publickey}, {Method::password, Method::totp}}));
    EXPECT_EQ(login_of(password()), (Combinations{{Method::password}}));
}

TEST_F(ValidateLogins, UnknownMethodIsAnErrorWithASuggestion) {
    EXPECT_THAT(
        problems_of(user(password() + "login = [\"pasword\"]\n")),
        ElementsAre("main.toml:17:10: error: \"pasword\" is not known here; allowed: "
                    "\"certificate\", \"publickey\", \"password\" or \"totp\" (did you mean "
                    "\"password\"?)"));
}

TEST_F(ValidateLogins, MalformedCombinationsAreErrors) {
    for (const std::string text : {"", "+", "password+", "password,totp", "password+password"}) {
        EXPECT_THAT(problems_of(user(password() + totp_line + "login = [\"" + text + "\"]\n")),
                    ElementsAre(HasSubstr("main.toml:18:10: error: ")))
            << text;
    }
    EXPECT_THAT(problems_of(user(password() + "login = []\n")),
                ElementsAre(HasSubstr("main.toml:17:9: error: no combination")));
}

TEST_F(ValidateLogins, CodeAloneIsAnError) {
    EXPECT_THAT(problems_of(user(totp_line + "login = [\"totp\"]\n")),
                ElementsAre(HasSubstr("main.toml:17:10: error: \"totp\" alone")));
}

TEST_F(ValidateLogins, MethodWithoutItsCredentialIsAnErrorWhereItIsNamed) {
    EXPECT_THAT(
        problems_of(
            user(password() + "login = [\"password\", \"password+totp\", \"publickey\"]\n")),
        ElementsAre(
            "main.toml:17:22: error: user \"a\" has no \"totp\"; add `totp` or take it out "
            "of `login`",
            "main.toml:17:39: error: user \"a\" has no \"publickey\"; add `ssh_keys` or take "
            "it out of `login`"));
    EXPECT_THAT(problems_of(user("ssh_keys = []\nlogin = [\"publickey\"]\n")),
                ElementsAre(HasSubstr("17:10: error: user \"a\" has no \"publickey\"")));
}

TEST_F(ValidateLogins, CertificatesNeedAnAuthority) {
    EXPECT_THAT(
        problems_of(user(certificate_line)),
        ElementsAre(HasSubstr("main.toml:16:16: error: client certificates need `client_ca`")));
}

TEST_F(ValidateLogins, AuthorityMustBeAFile) {
    std::string text = after_minimal(user(password()));
    text.insert(text.find("key = "), "client_ca = \"none.pem\"\n");
    EXPECT_THAT(problems_of_whole(text),
                ElementsAre(HasSubstr("main.toml:3:13: error: cannot use")));
}

TEST_F(ValidateLogins, CertificateWithAnSshKeyIsImpossible) {
    std::string text =
        after_minimal(user(keys() + certificate_line + "login = [\"certificate+publickey\"]\n"));
    text.insert(text.find("key = "), "client_ca = \"ca.pem\"\n");
    EXPECT_THAT(problems_of_whole(text),
                ElementsAre(HasSubstr("main.toml:19:10: error: \"certificate\" is for FTPS and "
                                      "\"publickey\" for SFTP")));
}

TEST_F(ValidateLogins, BadCertificateNamesAreErrors) {
    EXPECT_THAT(problems_of(user("certificates = [\"CN=acme\", \"sha256:12\"]\n")),
                ElementsAre(HasSubstr("16:16: error: client certificates need"),
                            HasSubstr("16:17: error: a certificate is named by"),
                            HasSubstr("16:28: error: not a SHA-256 fingerprint")));
}

TEST_F(ValidateLogins, BadCodeSecretsAreErrorsThatDoNotShowThem) {
    for (const std::string secret : {"", "HUNTER2HUNTER2", "GEZDGNBVGY3TQOJ!", "hunter2189"}) {
        const auto problems = problems_of(user(password() + "totp = \"" + secret + "\"\n"));
        ASSERT_THAT(problems, ElementsAre(HasSubstr("17:8: error: a secret for one-time codes")))
            << secret;
        if (secret.empty()) continue;
        EXPECT_THAT(problems.front(), Not(HasSubstr(secret)));
    }
}

TEST_F(ValidateLogins, CodeSecretMayComeFromAFile) {
    write("secret", "gezd gnbv gy3t qojq gezd gnbv gy3t qojq\n", 0600);
    const auto loaded = load_text(after_minimal(user(password() + "totp = \"file:secret\"\n")));
    ASSERT_TRUE(loaded.config);
    EXPECT_EQ(loaded.config->users->at("a").totp.reveal(), "12345678901234567890");
}

TEST_F(ValidateLogins, WhatIsNeverNeededOrUsedIsAWarning) {
    EXPECT_THAT(
        warnings_of(user(password() + totp_line + "login = [\"password\", \"password+totp\"]\n")),
        ElementsAre("main.toml:18:22: warning: \"password+totp\" is never needed: "
                    "\"password\" suffices"));
    EXPECT_THAT(
        warnings_of(user(password() + totp_line + "login = [\"password\", \"password\"]\n")),
        ElementsAre(HasSubstr("17:8: warning: `login` has no use for this"),
                    HasSubstr("18:22: warning: \"password\" is never needed")));
}

TEST_F(ValidateLogins, CombinationWithoutItsDoorIsAWarning) {
    EXPECT_THAT(warnings_of(user(password() + keys() + "login = [\"publickey\", \"password\"]\n")),
                ElementsAre(HasSubstr("18:10: warning: nobody can log in like this: no listener "
                                      "speaks SFTP")));
}

TEST_F(ValidateLogins, CodeWithoutAPasswordIsAWarning) {
    write("host", "", 0600);
    EXPECT_THAT(warnings_of(with_all(keys() + totp_line)),
                ElementsAre(HasSubstr("warning: without `login`, a code is asked for after a "
                                      "password only")));
}

TEST_F(ValidateLogins, HashOfAnOlderKindIsAWarning) {
    EXPECT_THAT(warnings_of(user(
                    "password = \"$5$saltstring$vc6YOOogU4kWVvwga8e9zTFgKcy4tb5LaPxIiPJzqEC\"\n")),
                ElementsAre(HasSubstr("16:12: warning: this hash is of an older kind")));
}

TEST_F(ValidateLogins, BrokenOrEndlessHashesAreErrors) {
    EXPECT_THAT(problems_of(user("password = \"$1$lOv2OPqq$8QV794D4iPQz9QfP0Afic1\"\n")),
                ElementsAre(HasSubstr(
                    "16:12: error: this password hash is not supported: it is an MD5 hash")));
    EXPECT_THAT(
        problems_of(
            user("password = \"$2b$31$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2\"\n")),
        ElementsAre(HasSubstr("16:12: error: this password hash is not supported: it is a "
                              "hash of crypt(5) that is damaged or costs too much")));
}

}  // namespace
}  // namespace sallyport::config
