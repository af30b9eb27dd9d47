#include "server/cli/demo_guide.hpp"

#include <fmt/format.h>

#include <boost/json/serialize.hpp>

namespace sallyport::cli {
namespace {

using namespace fmt::literals;

constexpr const char* guide =
    R"(Sallyport serves encrypted FTP (explicit TLS) on {host}:{port}. Ctrl-C stops it.

  certificate  {certificate} (self-signed)
  SHA-256      {fingerprint}
  user         demo
  password     {password}
  files        {files}
  log          {log}
  settings     {config}

The lines below work as they are, in another terminal. Something to send:

echo "hello" > hello.txt

curl:

curl --ssl-reqd --cacert {certificate_word} -u demo:{password} -T hello.txt ftp://{host}:{port}/

Python:

python3 - <<'END'
import ftplib, ssl
context = ssl.create_default_context(cafile={certificate_string})
with ftplib.FTP_TLS(context=context) as ftp, open("hello.txt", "rb") as file:
    ftp.connect("{host}", {port})
    ftp.login("demo", "{password}")
    ftp.prot_p()
    ftp.storbinary("STOR hello.txt", file)
    print(ftp.nlst())
END

lftp:

lftp -u demo,{password} -e {lftp_script} ftp://{host}:{port}

A client without TLS is told so before it sends the password, and gets no further:

curl -v -u demo:not-sent -T hello.txt ftp://{host}:{port}/

)";

/// Where a client on this machine connects to.
std::string reachable(const config::Endpoint& endpoint) {
    const bool everywhere = endpoint.address == "0.0.0.0" || endpoint.address == "::";
    return everywhere ? "127.0.0.1" : endpoint.address;
}

/// A string literal: what JSON and Python write alike.
std::string quoted(const std::string& text) {
    return boost::json::serialize(text);
}

std::string lftp_script(const std::string& certificate) {
    return fmt::format(
        "set ftp:ssl-force yes; set ftp:ssl-protect-data yes; set ssl:ca-file {}; put hello.txt; "
        "cls -l; bye",
        quoted(certificate));
}

bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("/._-+,:@%").find(c) != std::string_view::npos;
}

}  // namespace

std::string shell_word(std::string_view text) {
    if (!text.empty() && std::all_of(text.begin(), text.end(), is_plain)) return std::string(text);
    std::string word = "'";
    for (const char c : text) {
        if (c == '\'') {
            word += R"('\'')";
        } else {
            word += c;
        }
    }
    return word + "'";
}

std::string demo_guide(const DemoSite& site, const config::Endpoint& endpoint,
                       std::string_view password) {
    const std::string certificate =
        std::filesystem::absolute(site.tls.certificate).lexically_normal();
    return fmt::format(guide, "host"_a = reachable(endpoint), "port"_a = endpoint.port,
                       "certificate"_a = certificate,
                       "certificate_word"_a = shell_word(certificate),
                       "certificate_string"_a = quoted(certificate),
                       "lftp_script"_a = shell_word(lftp_script(certificate)),
                       "fingerprint"_a = fingerprint_of(certificate), "password"_a = password,
                       "files"_a = site.files.string(), "log"_a = site.log.string(),
                       "config"_a = site.config.string());
}

}  // namespace sallyport::cli
