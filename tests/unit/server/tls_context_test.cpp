#include <gtest/gtest.h>
#include <unistd.h>

#include <set>

#include "server/tls/context.hpp"
#include "tests/support/certificates.hpp"
#include "tests/unit/storage/temporary_directory.hpp"

namespace sallyport::tls {
namespace {

using namespace std::chrono_literals;
using test::elliptic_key;
using test::rsa_key;
using test::write_certificate;
using test::write_key;

class ContextLoad : public testing::Test {
  protected:
    /// The problem; an empty reason when there is none.
    [[nodiscard]] LoadProblem problem() const {
        const auto loaded = Context::load(options_);
        const auto* found = std::get_if<LoadProblem>(&loaded);
        return found == nullptr ? LoadProblem{} : *found;
    }
    void write_both(const test::Key& key, test::Validity validity = {}) const {
        write_certificate(options_.certificate, key, validity);
        write_key(options_.key, key);
    }

    test::TemporaryDirectory directory_;
    config::Tls options_{.certificate = directory_.path() / "certificate.pem",
                         .key = directory_.path() / "key.pem"};
};

TEST_F(ContextLoad, GoodPairsAreTaken) {
    write_both(elliptic_key());
    EXPECT_EQ(problem().reason, "");
    write_both(rsa_key(2048));
    EXPECT_EQ(problem().reason, "");
}

TEST_F(ContextLoad, ContextKnowsItsCertificate) {
    const auto before = std::chrono::system_clock::now();
    write_both(elliptic_key(), {.from = -1h, .to = 10h});
    const auto loaded = Context::load(options_);
    const auto context = std::get<std::shared_ptr<const Context>>(loaded);
    EXPECT_GE(context->expires(), std::chrono::floor<std::chrono::seconds>(before + 10h));
    EXPECT_LE(context->expires(), std::chrono::system_clock::now() + 10h);
    EXPECT_EQ(context->fingerprint().size(), 32U * 3 - 1);
}

TEST_F(ContextLoad, MissingCertificateIsNamed) {
    write_key(options_.key, elliptic_key());
    EXPECT_EQ(problem().file, options_.certificate);
    EXPECT_NE(problem().reason, "");
}

TEST_F(ContextLoad, MissingKeyIsNamed) {
    write_certificate(options_.certificate, elliptic_key());
    EXPECT_EQ(problem().file, options_.key);
}

TEST_F(ContextLoad, GarbageIsNamed) {
    write_both(elliptic_key());
    test::write_file(options_.key, "not a key\n");
    EXPECT_EQ(problem().file, options_.key);
    test::write_file(options_.certificate, "not a certificate\n");
    EXPECT_EQ(problem().file, options_.certificate);
    test::write_file(options_.certificate, "");
    EXPECT_EQ(problem().file, options_.certificate);
}

TEST_F(ContextLoad, FilesInEachOthersPlaceAreNamed) {
    write_both(elliptic_key());
    std::swap(options_.certificate, options_.key);
    EXPECT_EQ(problem().file, options_.certificate);
}

TEST_F(ContextLoad, KeyOfAnotherCertificateIsNamed) {
    write_both(elliptic_key());
    write_key(options_.key, elliptic_key());
    EXPECT_EQ(problem().file, options_.key);
    EXPECT_NE(problem().reason.find("mismatch"), std::string::npos) << problem().reason;
}

// OpenSSL keeps one pair for each kind of key, so it takes the two without a complaint.
TEST_F(ContextLoad, KeyOfAnotherKindIsNamed) {
    write_both(elliptic_key());
    write_key(options_.key, rsa_key(2048));
    EXPECT_EQ(problem().file, options_.key);
    write_both(rsa_key(2048));
    write_key(options_.key, elliptic_key());
    EXPECT_EQ(problem().file, options_.key);
}

TEST_F(ContextLoad, ExpiredCertificateIsRefused) {
    write_both(elliptic_key(), {.from = -48h, .to = -1s});
    EXPECT_EQ(problem().file, options_.certificate);
    EXPECT_NE(problem().reason.find("expired"), std::string::npos) << problem().reason;
}

TEST_F(ContextLoad, CertificateOfTomorrowIsRefused) {
    write_both(elliptic_key(), {.from = 24h, .to = 48h});
    EXPECT_EQ(problem().file, options_.certificate);
    EXPECT_NE(problem().reason.find("not valid yet"), std::string::npos) << problem().reason;
}

TEST_F(ContextLoad, WeakKeyIsRefused) {
    for (const std::size_t bits : {1024U, 2047U}) {
        write_both(rsa_key(bits));
        EXPECT_EQ(problem().file, options_.certificate) << bits;
        EXPECT_NE(problem().reason, "") << bits;
    }
}

// A server has nobody to ask: OpenSSL would put the question on the terminal, or read standard
// input.
TEST_F(ContextLoad, EncryptedKeyIsRefusedWithoutAsking) {
    const auto key = elliptic_key();
    write_certificate(options_.certificate, key);
    write_key(options_.key, key, "passphrase");
    const auto load_with_the_passphrase_at_hand = [&] {
        setsid();
        int pipe_ends[2];
        if (pipe(pipe_ends) != 0 || write(pipe_ends[1], "passphrase\n", 11) != 11) _exit(3);
        dup2(pipe_ends[0], STDIN_FILENO);
        alarm(30);
        _exit(problem().file == options_.key ? 0 : 1);
    };
    EXPECT_EXIT(load_with_the_passphrase_at_hand(), testing::ExitedWithCode(0), "^$");
}

TEST_F(ContextLoad, ReasonsHaveNoLineEnds) {
    EXPECT_EQ(problem().reason.find('\n'), std::string::npos);
    test::write_file(options_.certificate, "x");
    EXPECT_EQ(problem().reason.find('\n'), std::string::npos);
}

TEST(SessionBinding, IsNeverTheSame) {
    std::set<std::array<unsigned char, 32>> seen;
    for (int i = 0; i < 1000; ++i) seen.insert(SessionBinding::make().id());
    EXPECT_EQ(seen.size(), 1000U);
}

}  // namespace
}  // namespace sallyport::tls
