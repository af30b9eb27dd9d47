#include "protocol/hook/question.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace sallyport::hook {
namespace {

using auth::Method;
using auth::Secret;
namespace json = boost::json;

auth::Attempt attempt() {
    auth::Attempt made;
    made.user = "acme";
    made.address = "192.0.2.1";
    made.protocol = "ftps";
    return made;
}

/// The question as JSON, whatever the order of its members.
template <class Asked>
json::value asked(const Asked& what) {
    const auto body = question(what);
    return body ? json::parse(body->reveal()) : json::value();
}

TEST(Question, HoldsWhatTheClientBroughtAndNothingElse) {
    auto login = attempt();
    login.proofs.password = Secret("hunter2");
    login.proofs.code_follows_password = true;
    EXPECT_EQ(asked(login), json::parse(R"({"version":1,"ask":"login","user":"acme",
        "address":"192.0.2.1","protocol":"ftps","shown":[],"code_follows_password":true,
        "password":"hunter2"})"));
}

TEST(Question, CodeComesByItselfAfterWhatWasShown) {
    auto login = attempt();
    login.protocol = "sftp";
    login.proofs.code = Secret("123456");
    login.progress.shown = {Method::publickey, Method::password};
    EXPECT_EQ(asked(login), json::parse(R"({"version":1,"ask":"login","user":"acme",
        "address":"192.0.2.1","protocol":"sftp","shown":["publickey","password"],
        "code":"123456"})"));
}

TEST(Question, KeyIsInBase64AsInAFileOfKeys) {
    auto login = attempt();
    login.proofs.key = auth::PublicKey{"ssh-ed25519", std::string("\x00\xff\x10", 3)};
    const auto key = asked(login).at("public_key");
    EXPECT_EQ(key.at("type"), "ssh-ed25519");
    EXPECT_EQ(key.at("blob"), "AP8Q");
    EXPECT_EQ(key.at("fingerprint"), login.proofs.key->fingerprint().c_str());
}

TEST(Question, CertificateIsNamedByFingerprintAndSubject) {
    auto login = attempt();
    login.proofs.certificate = auth::Certificate{"0a1b", "CN=acme,O=\"Ex\""};
    const auto certificate = asked(login).at("certificate");
    EXPECT_EQ(certificate.at("fingerprint"), "0a1b");
    EXPECT_EQ(certificate.at("subject"), "CN=acme,O=\"Ex\"");
}

TEST(Question, OfferedKeyIsNotTakenForOneThatHasSigned) {
    auth::KeyOffer offer;
    offer.user = "acme";
    offer.key = {"ssh-ed25519", "blob"};
    offer.address = "192.0.2.1";
    offer.protocol = "sftp";
    EXPECT_EQ(asked(offer).at("ask"), "key_offer");
    EXPECT_EQ(asked(offer).at("public_key").at("type"), "ssh-ed25519");
}

TEST(Question, ExposedPasswordIsNoLogin) {
    const auth::ExposedPassword exposed{"acme", Secret("hunter2"), "192.0.2.1", "ftps"};
    EXPECT_EQ(asked(exposed), json::parse(R"({"version":1,"ask":"exposed_password","user":"acme",
        "address":"192.0.2.1","protocol":"ftps","password":"hunter2"})"));
}

TEST(Question, PasswordCannotEndItsString) {
    auto login = attempt();
    for (const std::string_view password :
         {R"(","user":"root)", R"(\)", R"(\\")", R"("})", "grün 日本 🔥", "", " '`$%"}) {
        login.proofs.password = Secret(password);
        const auto body = asked(login);
        EXPECT_EQ(body.at("password").as_string(), password);
        EXPECT_EQ(body.at("user"), "acme");
    }
}

TEST(Question, TextThatJsonCannotCarryIsNotAskedAbout) {
    auto login = attempt();
    for (const std::string_view password : {"\xff", "a\nb", "a\x7f", "\xed\xa0\x80"}) {
        login.proofs.password = Secret(password);
        EXPECT_FALSE(question(login).has_value());
    }
    login = attempt();
    login.proofs.certificate = auth::Certificate{"0a1b", "CN=\xff"};
    EXPECT_FALSE(question(login).has_value());
}

}  // namespace
}  // namespace sallyport::hook
