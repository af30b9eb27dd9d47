#include "protocol/unix_line.hpp"

#include <gtest/gtest.h>

namespace sallyport {
namespace {

using namespace std::chrono;

TEST(UnixLine, ShowsOwnerAndGroupAsGiven) {
    storage::Entry entry;
    entry.name = "a b.csv";
    entry.size = 1234;
    entry.modified = sys_days(year(2024) / 3 / 5) + 9h + 7min;
    entry.mode = 0640;
    EXPECT_EQ(unix_line(entry, sys_days(year(2024) / 3 / 10), "alice", "staff"),
              "-rw-r----- 1 alice staff         1234 Mar  5 09:07 a b.csv");
}

}  // namespace
}  // namespace sallyport
