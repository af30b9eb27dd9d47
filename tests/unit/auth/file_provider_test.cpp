#include "auth/file_provider.hpp"

#include <gtest/gtest.h>

#include <boost/asio/use_future.hpp>
#include <condition_variable>
#include <future>
#include <mutex>

#include "auth/password_hash.hpp"
#include "tests/support/public_keys.hpp"
#include "tests/support/run.hpp"

namespace sallyport::auth {
namespace {

using test::run;

using namespace std::chrono_literals;

constexpr auto today = std::chrono::sys_days(2027y / 6 / 30);
constexpr auto with_room = SIZE_MAX;

/// The pool that hashing runs on, watched: how much work did an attempt cause?
class FileProviderTest : public testing::Test {
  protected:
    FileProviderTest() {
        add("acme", hash_);
        add("disabled", hash_).enabled = false;
        add("expired", hash_).expires = today;
        add("keyless", "");
        add("broken", "$6$salt$hash");
        for (const std::string name : {"acme", "disabled", "expired"}) {
            users_->at(name).ssh_keys = {first_key_, second_key_};
            users_->at(name).login = {{Method::publickey}, {Method::password}};
        }
    }

    UserRecord& add(const std::string& name, const std::string& hash) {
        auto& user = users_->emplace(name, UserRecord{}).first->second;
        user.name = name;
        user.home = name + "-home";
        user.password_hash = hash;
        user.policy = policy_;
        user.login = {{Method::password}};
        return user;
    }

    struct Outcome {
        Verdict verdict;
        bool hashed = false;
    };

    /// Tries to log in over FTPS. `hashed`: the only thread of the pool was kept from working until
    /// a job of the provider waited for it, or the provider answered without one.
    Outcome attempt(const std::string& user, std::string_view password,
                    std::optional<Certificate> certificate = {}) {
        Attempt tried{user, {}, "192.0.2.1", "ftps", {}};
        tried.proofs.password.emplace(password);
        tried.proofs.certificate = std::move(certificate);
        tried.proofs.code_follows_password = true;
        return attempt(tried);
    }

    /// The same with a certificate alone, which TLS has verified.
    Outcome attempt(const std::string& user, const Certificate& certificate) {
        Attempt tried{user, {}, "192.0.2.1", "ftps", {}};
        tried.proofs.certificate = certificate;
        return attempt(tried);
    }

    /// The same over SFTP with a key that the client has proved to hold.
    Outcome attempt(const std::string& user, const PublicKey& key, Progress progress = {}) {
        Attempt tried{user, {}, "192.0.2.1", "sftp", progress};
        tried.proofs.key = key;
        return attempt(tried);
    }

    /// The same with a password that comes alone.
    Outcome attempt_password(const std::string& user, std::string_view password,
                             Progress progress = {}) {
        Attempt tried{user, {}, "192.0.2.1", "sftp", progress};
        tried.proofs.password.emplace(password);
        return attempt(tried);
    }

    /// The same with a code that comes alone.
    Outcome attempt_code(const std::string& user, std::string_view code, Progress progress) {
        Attempt tried{user, {}, "192.0.2.1", "sftp", progress};
        tried.proofs.code.emplace(code);
        return attempt(tried);
    }

    Outcome attempt(const Attempt& tried) {
        BlockingPool pool(1, with_room);
        FileProvider provider(users_, pool, codes_, [] { return today; });
        Gate gate;
        boost::asio::io_context context;
        auto held = boost::asio::co_spawn(context, hold(pool, gate), boost::asio::use_future);
        auto verdict =
            boost::asio::co_spawn(context, provider.authenticate(tried), boost::asio::use_future);
        context.poll();
        const std::size_t jobs = pool.busy() - 1;
        EXPECT_LE(jobs, 1U);
        gate.open();
        context.run();
        held.get();
        return {verdict.get(), jobs == 1};
    }

    KeyAnswer offer(const std::string& user, const PublicKey& key) {
        BlockingPool pool(1, with_room);
        FileProvider provider(users_, pool, codes_, [] { return today; });
        const KeyOffer offered{user, key, "192.0.2.1", "sftp", {}};
        const auto answer = run(provider.judge_key(offered));
        EXPECT_EQ(run(provider.accepts_key(offered)), std::holds_alternative<Candidate>(answer));
        return answer;
    }

    class Gate {
      public:
        void open() {
            const std::lock_guard lock(mutex_);
            open_ = true;
            opened_.notify_all();
        }
        void wait() {
            std::unique_lock lock(mutex_);
            opened_.wait(lock, [this] { return open_; });
        }

      private:
        std::mutex mutex_;
        std::condition_variable opened_;
        bool open_ = false;
    };

    static Async<bool> hold(BlockingPool& pool, Gate& gate) {
        auto wait = [&gate] {
            gate.wait();
            return true;
        };
        return pool.run(std::move(wait));
    }

    static Refusal refusal(const Outcome& outcome) { return std::get<Refusal>(outcome.verdict); }
    static Refusal refusal(const KeyAnswer& answer) { return std::get<Refusal>(answer); }

    /// What the client has shown, all of which lets it in; else nothing.
    static std::string way_in(const Outcome& outcome) {
        const auto* const principal = std::get_if<Principal>(&outcome.verdict);
        return principal ? str(principal->shown) : "";
    }
    /// What the client still has to show; nothing when it is in or was refused.
    static std::string rest(const Outcome& outcome) {
        const auto* const partial = std::get_if<Partial>(&outcome.verdict);
        return partial ? str(all_of(partial->rest)) : "";
    }
    static Progress progress(const Outcome& outcome) {
        return {std::get<Partial>(outcome.verdict).candidate.shown, 0};
    }
    std::string code(std::chrono::seconds offset = 0s) const {
        return totp_code(Secret(totp_secret), today + offset);
    }

    static constexpr std::string_view totp_secret = "12345678901234567890";
    const Certificate certificate_{"c0ffee", "CN=acme,O=Example"};
    int kept_ = 0;
    bool used_elsewhere_ = false;
    CodeChecker codes_{{}, [this](const std::string&, std::int64_t) -> Async<bool> {
                           ++kept_;
                           co_return !used_elsewhere_;
                       }};

    const PublicKey first_key_ = parse_public_key(test::ed25519.line).value();
    const PublicKey second_key_ = parse_public_key(test::ecdsa256.line).value();
    const PublicKey foreign_key_ = parse_public_key(test::other_ed25519.line).value();
    const std::string hash_ = hash_password(Secret("right"));
    std::shared_ptr<const Policy> policy_ = std::make_shared<Policy>();
    std::shared_ptr<UserTable> users_ = std::make_shared<UserTable>();
};

TEST_F(FileProviderTest, RightPasswordYieldsThePrincipal) {
    const auto outcome = attempt("acme", "right");
    ASSERT_TRUE(std::holds_alternative<Principal>(outcome.verdict));
    const auto& principal = std::get<Principal>(outcome.verdict);
    EXPECT_EQ(principal.user, "acme");
    EXPECT_EQ(principal.home, "acme-home");
    EXPECT_EQ(principal.policy, policy_);
    EXPECT_TRUE(outcome.hashed);
}

TEST_F(FileProviderTest, EveryFailureCostsOneHash) {
    for (const std::string user : {"acme", "disabled", "expired", "keyless", "broken", "nobody"}) {
        for (const std::string password : {"wrong", ""}) {
            const auto outcome = attempt(user, password);
            EXPECT_TRUE(outcome.hashed) << user;
            EXPECT_FALSE(std::holds_alternative<Principal>(outcome.verdict)) << user;
        }
    }
}

TEST_F(FileProviderTest, WrongPasswordIsRefused) {
    EXPECT_EQ(refusal(attempt("acme", "wrong")), Refusal::wrong_password);
    EXPECT_EQ(refusal(attempt("acme", "")), Refusal::wrong_password);
}

TEST_F(FileProviderTest, UnknownUserIsLeftToTheNextProvider) {
    EXPECT_TRUE(std::holds_alternative<DontKnow>(attempt("nobody", "right").verdict));
}

TEST_F(FileProviderTest, WhetherTheUserMayLogInNowIsLeftToTheGate) {
    const auto disabled = attempt("disabled", "right");
    ASSERT_TRUE(std::holds_alternative<Principal>(disabled.verdict));
    EXPECT_FALSE(std::get<Principal>(disabled.verdict).enabled);
    EXPECT_TRUE(disabled.hashed);
    const auto expired = attempt("expired", first_key_);
    ASSERT_TRUE(std::holds_alternative<Principal>(expired.verdict));
    EXPECT_EQ(std::get<Principal>(expired.verdict).expires, today);
    EXPECT_TRUE(std::holds_alternative<Candidate>(offer("disabled", first_key_)));
}

TEST_F(FileProviderTest, UserWithoutUsableHashIsRefused) {
    EXPECT_EQ(refusal(attempt("keyless", "")), Refusal::wrong_password);
    EXPECT_EQ(refusal(attempt("broken", "$6$salt$hash")), Refusal::wrong_password);
}

TEST_F(FileProviderTest, MalformedIsRefusedWithoutHashing) {
    using namespace std::string_literals;
    const std::vector<std::pair<std::string, std::string>> attempts{
        {"acme", std::string(max_password_bytes + 1, 'x')},
        {"acme", "right\0"s},
        {"", "right"},
        {"../acme", "right"},
        {"acme\r\n", "right"},
        {std::string(max_user_bytes + 1, 'a'), "right"}};
    for (const auto& [user, password] : attempts) {
        const auto outcome = attempt(user, password);
        EXPECT_EQ(refusal(outcome), Refusal::malformed) << user;
        EXPECT_FALSE(outcome.hashed) << user;
    }
}

TEST_F(FileProviderTest, LongestPasswordIsHashed) {
    const auto outcome = attempt("acme", std::string(max_password_bytes, 'x'));
    EXPECT_EQ(refusal(outcome), Refusal::wrong_password);
    EXPECT_TRUE(outcome.hashed);
}

TEST_F(FileProviderTest, FullQueueRefusesAtOnce) {
    BlockingPool pool(1, 0);
    FileProvider provider(users_, pool, codes_, [] { return today; });
    Gate gate;
    boost::asio::io_context context;
    auto held = boost::asio::co_spawn(context, hold(pool, gate), boost::asio::use_future);
    Attempt tried{"acme", {}, "192.0.2.1", "ftps", {}};
    tried.proofs.password.emplace("right");
    auto verdict =
        boost::asio::co_spawn(context, provider.authenticate(tried), boost::asio::use_future);
    context.poll();
    EXPECT_EQ(verdict.wait_for(0s), std::future_status::ready);
    gate.open();
    context.run();
    EXPECT_TRUE(held.get());
    EXPECT_EQ(std::get<Refusal>(verdict.get()), Refusal::overloaded);
}

TEST_F(FileProviderTest, EachKeyOfTheUserYieldsThePrincipalWithoutHashing) {
    for (const auto& key : {first_key_, second_key_}) {
        const auto outcome = attempt("acme", key);
        ASSERT_TRUE(std::holds_alternative<Principal>(outcome.verdict)) << key.type;
        EXPECT_EQ(std::get<Principal>(outcome.verdict).user, "acme");
        EXPECT_EQ(std::get<Principal>(outcome.verdict).home, "acme-home");
        EXPECT_EQ(std::get<Principal>(outcome.verdict).policy, policy_);
        EXPECT_FALSE(outcome.hashed);
        EXPECT_TRUE(std::holds_alternative<Candidate>(offer("acme", key)));
    }
}

TEST_F(FileProviderTest, KeyThatIsNotTheUsersIsRefused) {
    PublicKey longer = first_key_;
    longer.blob += '\0';
    PublicKey shorter = first_key_;
    shorter.blob.pop_back();
    for (const auto& key : {foreign_key_, longer, shorter, PublicKey{first_key_.type, ""}}) {
        EXPECT_EQ(refusal(attempt("acme", key)), Refusal::wrong_key);
        EXPECT_EQ(refusal(offer("acme", key)), Refusal::wrong_key);
    }
    for (const std::string user : {"keyless", "broken"}) {
        EXPECT_EQ(refusal(attempt(user, first_key_)), Refusal::wrong_key);
        EXPECT_EQ(refusal(offer(user, first_key_)), Refusal::wrong_key);
    }
}

TEST_F(FileProviderTest, KeyOfSomebodyElseIsRefused) {
    add("other", "").ssh_keys = {foreign_key_};
    EXPECT_EQ(refusal(attempt("acme", foreign_key_)), Refusal::wrong_key);
    EXPECT_EQ(refusal(attempt("other", first_key_)), Refusal::wrong_key);
    EXPECT_EQ(refusal(offer("other", first_key_)), Refusal::wrong_key);
}

TEST_F(FileProviderTest, KeyOfAnUnknownUserIsLeftToTheNextProvider) {
    EXPECT_TRUE(std::holds_alternative<DontKnow>(attempt("nobody", first_key_).verdict));
    EXPECT_TRUE(std::holds_alternative<DontKnow>(offer("nobody", first_key_)));
    EXPECT_EQ(refusal(attempt("../acme", first_key_)), Refusal::malformed);
    EXPECT_TRUE(std::holds_alternative<DontKnow>(offer("../acme", first_key_)));
}

TEST_F(FileProviderTest, PasswordLogsInAUserWithKeysToo) {
    EXPECT_TRUE(std::holds_alternative<Principal>(attempt("acme", "right").verdict));
}

TEST_F(FileProviderTest, RightKeyThatIsNoWayInIsRefused) {
    users_->at("acme").login = {{Method::password}};
    EXPECT_EQ(refusal(attempt("acme", first_key_)), Refusal::wrong_method);
    EXPECT_EQ(refusal(offer("acme", first_key_)), Refusal::wrong_method);
    EXPECT_EQ(way_in(attempt("acme", "right")), "password");
}

TEST_F(FileProviderTest, RightPasswordThatIsNoWayInIsRefusedAfterItsHash) {
    users_->at("acme").login = {{Method::publickey}};
    const auto outcome = attempt("acme", "right");
    EXPECT_EQ(refusal(outcome), Refusal::wrong_method);
    EXPECT_TRUE(outcome.hashed);
}

TEST_F(FileProviderTest, WithoutLoginNothingLetsIn) {
    users_->at("acme").login = {};
    EXPECT_EQ(refusal(attempt("acme", "right")), Refusal::wrong_method);
    EXPECT_EQ(refusal(attempt("acme", first_key_)), Refusal::wrong_method);
}

TEST_F(FileProviderTest, KeyAndPasswordLetInInEitherOrder) {
    users_->at("acme").login = {{Method::publickey, Method::password}};
    const auto key = attempt("acme", first_key_);
    EXPECT_EQ(rest(key), "password");
    EXPECT_EQ(way_in(attempt_password("acme", "right", progress(key))), "publickey+password");
    const auto password = attempt_password("acme", "right");
    EXPECT_EQ(rest(password), "publickey");
    EXPECT_EQ(way_in(attempt("acme", first_key_, progress(password))), "publickey+password");
}

TEST_F(FileProviderTest, WrongProofAfterARightOneIsRefused) {
    users_->at("acme").login = {{Method::publickey, Method::password}};
    const auto shown = progress(attempt("acme", first_key_));
    EXPECT_EQ(refusal(attempt_password("acme", "wrong", shown)), Refusal::wrong_password);
    EXPECT_EQ(refusal(attempt("acme", foreign_key_, shown)), Refusal::wrong_key);
    EXPECT_EQ(refusal(attempt("acme", second_key_, shown)), Refusal::wrong_method);
}

class WithCodes : public FileProviderTest {
  protected:
    WithCodes() {
        users_->at("acme").totp = Secret(totp_secret);
        users_->at("acme").login = {{Method::password, Method::totp},
                                    {Method::publickey, Method::totp}};
    }
};

TEST_F(WithCodes, CodeBehindThePasswordLetsIn) {
    const auto outcome = attempt("acme", "right" + code());
    EXPECT_EQ(way_in(outcome), "password+totp");
    EXPECT_TRUE(outcome.hashed);
}

TEST_F(WithCodes, CodeBehindThePasswordLetsInOnce) {
    EXPECT_EQ(way_in(attempt("acme", "right" + code())), "password+totp");
    EXPECT_EQ(refusal(attempt("acme", "right" + code())), Refusal::used_code);
    EXPECT_EQ(way_in(attempt("acme", "right" + code(totp_step))), "password+totp");
}

TEST_F(WithCodes, AcceptedCodeIsWrittenDownAndNoOther) {
    EXPECT_EQ(refusal(attempt("acme", "wrong" + code())), Refusal::wrong_password);
    EXPECT_EQ(refusal(attempt("acme", "right000000")), Refusal::wrong_code);
    EXPECT_EQ(kept_, 0);
    EXPECT_EQ(way_in(attempt("acme", "right" + code())), "password+totp");
    EXPECT_EQ(kept_, 1);
    EXPECT_EQ(refusal(attempt("acme", "right" + code())), Refusal::used_code);
    EXPECT_EQ(kept_, 1);
}

TEST_F(WithCodes, CodeThatAnotherProcessHasAcceptedIsUsed) {
    used_elsewhere_ = true;
    EXPECT_EQ(refusal(attempt("acme", "right" + code())), Refusal::used_code);
}

TEST_F(WithCodes, PasswordWithoutCodeIsNotEnoughAfterItsHash) {
    const auto outcome = attempt("acme", "right");
    EXPECT_EQ(rest(outcome), "publickey+totp");
    EXPECT_TRUE(outcome.hashed);
}

TEST_F(WithCodes, WrongPasswordUsesNoCodeUp) {
    const auto outcome = attempt("acme", "wrong" + code());
    EXPECT_EQ(refusal(outcome), Refusal::wrong_password);
    EXPECT_TRUE(outcome.hashed);
    EXPECT_EQ(way_in(attempt("acme", "right" + code())), "password+totp");
}

TEST_F(WithCodes, WrongCodeIsRefusedAfterTheHash) {
    for (const std::string wrong : {"000000", "999999"}) {
        const auto outcome = attempt("acme", "right" + wrong);
        EXPECT_EQ(refusal(outcome), Refusal::wrong_code);
        EXPECT_TRUE(outcome.hashed);
    }
}

TEST_F(WithCodes, CodeAloneOrTooShortAPasswordIsRefused) {
    for (const std::string& password : {code(), code().substr(1), std::string()}) {
        const auto outcome = attempt("acme", password);
        EXPECT_EQ(refusal(outcome), Refusal::wrong_password) << password;
        EXPECT_TRUE(outcome.hashed);
    }
}

TEST_F(WithCodes, CodeFollowsPasswordOrKeyInOneSession) {
    const auto password = attempt_password("acme", "right");
    EXPECT_EQ(rest(password), "publickey+totp");
    EXPECT_EQ(way_in(attempt_code("acme", code(), progress(password))), "password+totp");
    const auto key = attempt("acme", first_key_);
    EXPECT_EQ(rest(key), "password+totp");
    EXPECT_EQ(refusal(attempt_code("acme", "000000", progress(key))), Refusal::wrong_code);
    EXPECT_EQ(way_in(attempt_code("acme", code(totp_step), progress(key))), "publickey+totp");
}

TEST_F(WithCodes, DigitsOfAPasswordThatNeedsNoCodeAreItsOwn) {
    auto& user = add("digits", hash_password(Secret("year2027 123456")));
    user.totp = Secret(totp_secret);
    EXPECT_EQ(way_in(attempt("digits", "year2027 123456")), "password");
}

TEST_F(WithCodes, UserWithoutSecretHasNoRightCode) {
    auto& user = users_->at("acme");
    user.totp = Secret();
    EXPECT_EQ(refusal(attempt("acme", "right" + totp_code(Secret(), today))), Refusal::wrong_code);
}

class WithCertificates : public FileProviderTest {
  protected:
    WithCertificates() {
        auto& user = users_->at("acme");
        user.certificates = {{CertificateName::Kind::fingerprint, certificate_.fingerprint}};
        user.login = {{Method::certificate}};
    }
    const Certificate foreign_{"decaf", "CN=other,O=Example"};
};

TEST_F(WithCertificates, CertificateAloneLetsIn) {
    const auto outcome = attempt("acme", certificate_);
    EXPECT_EQ(way_in(outcome), "certificate");
    EXPECT_FALSE(outcome.hashed);
}

TEST_F(WithCertificates, SubjectLetsInWhoeverHasIt) {
    users_->at("acme").certificates = {{CertificateName::Kind::subject, certificate_.subject}};
    EXPECT_EQ(way_in(attempt("acme", certificate_)), "certificate");
    EXPECT_EQ(way_in(attempt("acme", Certificate{"newer", certificate_.subject})), "certificate");
    EXPECT_EQ(refusal(attempt("acme", foreign_)), Refusal::wrong_certificate);
}

TEST_F(WithCertificates, SubjectIsNoFingerprint) {
    EXPECT_EQ(refusal(attempt("acme", Certificate{"x", certificate_.fingerprint})),
              Refusal::wrong_certificate);
}

TEST_F(WithCertificates, ForeignCertificateIsRefusedWithoutHashing) {
    const auto outcome = attempt("acme", foreign_);
    EXPECT_EQ(refusal(outcome), Refusal::wrong_certificate);
    EXPECT_FALSE(outcome.hashed);
    EXPECT_TRUE(std::holds_alternative<DontKnow>(attempt("nobody", foreign_).verdict));
}

TEST_F(WithCertificates, ForeignCertificateDoesNotHinderAPassword) {
    users_->at("acme").login = {{Method::password}};
    EXPECT_EQ(way_in(attempt("acme", "right", foreign_)), "password");
    EXPECT_EQ(way_in(attempt("acme", "right", certificate_)), "certificate+password");
}

TEST_F(WithCertificates, CertificateThenPassword) {
    users_->at("acme").login = {{Method::certificate, Method::password}};
    EXPECT_EQ(rest(attempt("acme", certificate_)), "password");
    EXPECT_EQ(way_in(attempt("acme", "right", certificate_)), "certificate+password");
    EXPECT_EQ(rest(attempt("acme", "right", foreign_)), "certificate");
    EXPECT_EQ(refusal(attempt("acme", "wrong", certificate_)), Refusal::wrong_password);
}

TEST_F(WithCertificates, CertificateSparesTheCode) {
    auto& user = users_->at("acme");
    user.totp = Secret(totp_secret);
    user.login = {{Method::certificate, Method::password}, {Method::password, Method::totp}};
    EXPECT_EQ(way_in(attempt("acme", "right", certificate_)), "certificate+password");
    EXPECT_EQ(way_in(attempt("acme", "right" + code(), foreign_)), "password+totp");
}

TEST(DefaultLogin, AnyOneOfWhatThereIs) {
    UserRecord user;
    EXPECT_EQ(default_login(user), Combinations());
    user.password_hash = "x";
    EXPECT_EQ(default_login(user), (Combinations{{Method::password}}));
    user.ssh_keys.emplace_back();
    user.certificates.emplace_back();
    EXPECT_EQ(default_login(user),
              (Combinations{{Method::certificate}, {Method::publickey}, {Method::password}}));
}

TEST(DefaultLogin, CodeIsNeededWithThePasswordWhenThereIsASecret) {
    UserRecord user;
    user.totp = Secret("x");
    user.ssh_keys.emplace_back();
    EXPECT_EQ(default_login(user), (Combinations{{Method::publickey}}));
    user.password_hash = "x";
    EXPECT_EQ(default_login(user),
              (Combinations{{Method::publickey}, {Method::password, Method::totp}}));
}

}  // namespace
}  // namespace sallyport::auth
