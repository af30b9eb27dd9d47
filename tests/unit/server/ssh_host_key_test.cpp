#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "server/ssh/context.hpp"
#include "server/ssh/host_key.hpp"
#include "tests/unit/storage/temporary_directory.hpp"

namespace sallyport::server::ssh {
namespace {

class HostKeyTest : public testing::Test {
  protected:
    std::filesystem::path file(std::string_view name, std::string_view text) {
        const auto path = directory_.path() / name;
        std::ofstream(path) << text;
        return path;
    }
    std::filesystem::path made(HostKey::Type type, std::string_view name) {
        return file(name, HostKey::generate(type).private_text().reveal());
    }
    /// Why the file cannot be used; empty when it can.
    static std::string problem(const std::filesystem::path& path) {
        const auto loaded = HostKey::load(path);
        const auto* reason = std::get_if<std::string>(&loaded);
        return reason ? *reason : "";
    }
    /// A key made by OpenSSL's command, in PEM.
    std::filesystem::path openssl(const std::string& verb, const std::string& arguments) {
        const auto path = directory_.path() / "openssl";
        const auto command =
            "openssl " + verb + " -out " + path.string() + " " + arguments + " 2>/dev/null";
        EXPECT_EQ(std::system(command.c_str()), 0) << command;
        return path;
    }

    test::TemporaryDirectory directory_;
};

TEST_F(HostKeyTest, WhatWasGeneratedCanBeLoaded) {
    const auto key = HostKey::generate(HostKey::Type::ed25519);
    const auto loaded = HostKey::load(file("key", key.private_text().reveal()));
    ASSERT_TRUE(std::holds_alternative<HostKey>(loaded));
    EXPECT_EQ(std::get<HostKey>(loaded).fingerprint(), key.fingerprint());
    EXPECT_EQ(key.type(), "ssh-ed25519");
    EXPECT_TRUE(key.fingerprint().starts_with("SHA256:"));
    EXPECT_TRUE(key.public_line().starts_with("ssh-ed25519 AAAA"));
}

TEST_F(HostKeyTest, GeneratedRsaKeyIsLongEnough) {
    EXPECT_EQ(problem(made(HostKey::Type::rsa, "rsa")), "");
}

TEST_F(HostKeyTest, WeakRsaKeyIsRefused) {
    EXPECT_EQ(problem(openssl("genrsa", "-traditional 2048")), "RSA keys need at least 3072 bits");
}

TEST_F(HostKeyTest, OtherTypesAreRefused) {
    EXPECT_EQ(problem(openssl("ecparam", "-name prime256v1 -genkey -noout")),
              "a host key is ed25519 or RSA, not ecdsa-sha2-nistp256");
}

TEST_F(HostKeyTest, ProtectedKeyIsRefusedWithoutAskingForThePassphrase) {
    EXPECT_EQ(problem(openssl("genrsa", "-traditional -aes128 -passout pass:secret 3072")),
              "is protected by a passphrase; remove it");
}

TEST_F(HostKeyTest, OtherTextIsRefused) {
    const std::string reason = "is no private key in OpenSSH or PEM form";
    EXPECT_EQ(problem(file("text", "hello")), reason);
    EXPECT_EQ(problem(file("empty", "")), reason);
    EXPECT_EQ(problem(file("long", std::string(100'000, 'x'))), reason);
    EXPECT_EQ(problem(directory_.path() / "missing"), "cannot be read");
}

TEST_F(HostKeyTest, ContextNamesTheKeysThatItHas) {
    const auto ed25519 = made(HostKey::Type::ed25519, "ed25519");
    const auto context = Context::load({ed25519});
    ASSERT_TRUE(std::holds_alternative<std::shared_ptr<const Context>>(context));
    EXPECT_TRUE(std::get<0>(context)->fingerprints().ends_with(" (ssh-ed25519)"));
}

TEST_F(HostKeyTest, SecondKeyOfATypeIsRefused) {
    const auto context =
        Context::load({made(HostKey::Type::ed25519, "a"), made(HostKey::Type::ed25519, "b")});
    ASSERT_TRUE(std::holds_alternative<LoadProblem>(context));
    EXPECT_EQ(std::get<LoadProblem>(context).reason, "is a second key of type ssh-ed25519");
    EXPECT_EQ(std::get<LoadProblem>(context).file, directory_.path() / "b");
}

}  // namespace
}  // namespace sallyport::server::ssh
