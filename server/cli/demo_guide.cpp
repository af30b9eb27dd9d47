#include "server/cli/demo_guide.hpp"

#include <fmt/format.h>

#include <boost/json/serialize.hpp>

namespace sallyport::cli {
namespace {

using namespace fmt::literals;

constexpr const char* introduction =
    R"(Sallyport is running. Ctrl-C stops it.

{doors}  user         demo
  password     {password}
  files        {files}
  log          {log}
  settings     {config}

Who is there, and what moves:

{program} status --config {config_word} --watch

The lines below work as they are, in another terminal. Something to send:

echo "hello" > hello.txt

)";

constexpr const char* ftps_facts =
    R"(  FTPS         {host}:{port} (FTP with explicit TLS)
  certificate  {certificate} (self-signed)
  SHA-256      {fingerprint}
)";

constexpr const char* ftps_lines =
    R"(FTPS with curl:

curl --ssl-reqd --cacert {certificate_word} -u demo:{password} -T hello.txt ftp://{host}:{port}/

FTPS with Python:

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

FTPS with lftp:

lftp -u demo,{password} -e {lftp_script} ftp://{host}:{port}

An FTP client without TLS is told so before it sends the password, and gets no further:

curl -v -u demo:not-sent -T hello.txt ftp://{host}:{port}/

)";

constexpr const char* sftp_lines =
    R"(SFTP with OpenSSH, which asks for the password:

echo "put hello.txt" | sftp -P {port} -o UserKnownHostsFile={known_hosts_word} demo@{host}

SFTP with curl that uses libssh2 1.11 or later (curl --version says so; Debian 12 has 1.10):

curl --hostpubsha256 {hash} -u demo:{password} -T hello.txt sftp://{host}:{port}/

SFTP with Python (package paramiko):

python3 - <<'END'
import paramiko
with paramiko.SSHClient() as client:
    client.load_host_keys({known_hosts_string})
    client.connect("{host}", {port}, "demo", "{password}", allow_agent=False, look_for_keys=False)
    sftp = client.open_sftp()
    sftp.put("hello.txt", "hello.txt")
    print(sftp.listdir())
END

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

namespace {

std::string absolute_text(const std::filesystem::path& path) {
    return std::filesystem::absolute(path).lexically_normal();
}

/// So that the line works where the program is not in PATH.
std::string this_program() {
    std::error_code error;
    const auto path = std::filesystem::read_symlink("/proc/self/exe", error);
    return error ? "sallyport" : path.string();
}

std::string ftps_part(const char* part, const DemoSite& site, const config::Endpoint& endpoint,
                      std::string_view password) {
    const std::string certificate = absolute_text(site.tls.certificate);
    return fmt::format(fmt::runtime(part), "host"_a = reachable(endpoint), "port"_a = endpoint.port,
                       "certificate"_a = certificate,
                       "certificate_word"_a = shell_word(certificate),
                       "certificate_string"_a = quoted(certificate),
                       "lftp_script"_a = shell_word(lftp_script(certificate)),
                       "fingerprint"_a = fingerprint_of(certificate), "password"_a = password);
}

std::string sftp_facts(const DemoSite& site, const config::Endpoint& endpoint) {
    auto text = fmt::format("  SFTP         {}:{}\n", reachable(endpoint), endpoint.port);
    for (const auto& file : {site.host_keys.ed25519, site.host_keys.rsa}) {
        const auto facts = facts_of(file);
        text += fmt::format("  host key     {} ({})\n", facts.fingerprint, facts.type);
    }
    return text;
}

std::string sftp_part(const char* part, const DemoSite& site, const config::Endpoint& endpoint,
                      std::string_view password) {
    constexpr std::string_view prefix = "SHA256:";
    // curl wants the same digest with its padding.
    const auto hash = facts_of(site.host_keys.ed25519).fingerprint.substr(prefix.size()) + "=";
    const std::string file = absolute_text(site.known_hosts);
    return fmt::format(fmt::runtime(part), "host"_a = reachable(endpoint), "port"_a = endpoint.port,
                       "hash"_a = hash, "password"_a = password,
                       "known_hosts_word"_a = shell_word(file),
                       "known_hosts_string"_a = quoted(file));
}

}  // namespace

std::string known_hosts(const DemoSite& site, const config::Endpoint& endpoint) {
    std::string lines;
    for (const auto& file : {site.host_keys.ed25519, site.host_keys.rsa}) {
        lines += fmt::format("[{}]:{} {}\n", reachable(endpoint), endpoint.port,
                             facts_of(file).public_line);
    }
    return lines;
}

std::string demo_guide(const DemoSite& site, const DemoDoors& doors, std::string_view password) {
    std::string facts;
    std::string lines;
    if (doors.ftps) {
        facts += ftps_part(ftps_facts, site, *doors.ftps, password);
        lines += ftps_part(ftps_lines, site, *doors.ftps, password);
    }
    if (doors.sftp) {
        facts += sftp_facts(site, *doors.sftp);
        lines += sftp_part(sftp_lines, site, *doors.sftp, password);
    }
    return fmt::format(introduction, "doors"_a = facts, "password"_a = password,
                       "files"_a = site.files.string(), "log"_a = site.log.string(),
                       "config"_a = site.config.string(), "program"_a = shell_word(this_program()),
                       "config_word"_a = shell_word(absolute_text(site.config))) +
           lines;
}

}  // namespace sallyport::cli
