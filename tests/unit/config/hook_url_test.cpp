#include "config/hook_url.hpp"

#include <gtest/gtest.h>

#include "config/values.hpp"

namespace sallyport::config {
namespace {

HookUrl url(std::string_view text) {
    return std::get<HookUrl>(parse_hook_url(text));
}

bool is_refused(std::string_view text) {
    return std::holds_alternative<Mistake>(parse_hook_url(text));
}

TEST(HookUrlText, HttpsWithHostPortAndTarget) {
    EXPECT_EQ(url("https://hook.example.com/login?x=1"),
              HookUrl(HttpsUrl{"hook.example.com", 443, "/login?x=1"}));
    EXPECT_EQ(url("https://hook.example.com:8443"),
              HookUrl(HttpsUrl{"hook.example.com", 8443, "/"}));
    EXPECT_EQ(url("https://203.0.113.7/"), HookUrl(HttpsUrl{"203.0.113.7", 443, "/"}));
    EXPECT_EQ(url("https://[2001:db8::1]:8443/a"), HookUrl(HttpsUrl{"2001:db8::1", 8443, "/a"}));
}

TEST(HookUrlText, UnixSocket) {
    EXPECT_EQ(url("unix:/run/hook.sock"), HookUrl(SocketUrl{"/run/hook.sock"}));
    for (const std::string& text : {std::string("unix:"), std::string("unix:run/hook.sock"),
                                    "unix:/" + std::string(107, 'a')}) {
        EXPECT_TRUE(is_refused(text)) << text;
    }
}

TEST(HookUrlText, HttpOnlyOnThisMachine) {
    EXPECT_EQ(url("http://127.0.0.1:8000/login"),
              HookUrl(LoopbackUrl{"127.0.0.1", 8000, "/login"}));
    EXPECT_EQ(url("http://127.1.2.3"), HookUrl(LoopbackUrl{"127.1.2.3", 80, "/"}));
    EXPECT_EQ(url("http://[::1]:8000/"), HookUrl(LoopbackUrl{"::1", 8000, "/"}));
    for (const auto* text :
         {"http://hook.example.com/", "http://localhost/", "http://192.0.2.1/", "http://10.0.0.1/",
          "http://[::2]/", "http://[::ffff:127.0.0.1]/", "http://127.0.0.1.example.com/",
          "http://127.example.com/", "http://0.0.0.0/", "http://[::]/"}) {
        const auto parsed = parse_hook_url(text);
        ASSERT_TRUE(std::holds_alternative<Mistake>(parsed)) << text;
        EXPECT_NE(std::get<Mistake>(parsed).text.find("in clear"), std::string::npos) << text;
    }
}

TEST(HookUrlText, EverythingElseIsRefused) {
    for (const auto* text : {"",
                             "hook.example.com",
                             "//hook.example.com/",
                             "https:/hook.example.com",
                             "https://",
                             "https:///path",
                             "https://user:secret@hook.example.com/",
                             "https://hook.example.com:0/",
                             "https://hook.example.com:65536/",
                             "https://hook.example.com:/",
                             "https://hook.example.com:x/",
                             "https://hook.example.com/a b",
                             "https://hook.example.com/a#b",
                             "https://hook.example.com/\r\n",
                             "https://hook.example.com/\x80",
                             "https://[hook]/",
                             "https://[::1",
                             "https://[::1]x/",
                             "https://hook example.com/",
                             "https://-hook.example.com/",
                             "https://.example.com/",
                             "HTTPS://hook.example.com/",
                             "ftp://hook.example.com/",
                             "http+unix://run/hook.sock"}) {
        EXPECT_TRUE(is_refused(text)) << text;
    }
    EXPECT_TRUE(is_refused("https://hook.example.com/" + std::string(2000, 'a')));
    EXPECT_TRUE(is_refused("https://" + std::string(300, 'a') + "/"));
}

}  // namespace
}  // namespace sallyport::config
