#include "protocol/sftp/attributes.hpp"

#include <gtest/gtest.h>

#include "tests/support/sftp_wire.hpp"

namespace sallyport::sftp {
namespace {

using namespace std::chrono;
using storage::Entry;
using storage::EntryType;
using test::Fields;

struct Parsed {
    Attributes attributes;
    bool complete = false;
};

Parsed parse(const Fields& fields) {
    Reader reader(test::as_bytes(fields.bytes()));
    Parsed parsed;
    parsed.attributes = read_attributes(reader);
    parsed.complete = reader.complete();
    return parsed;
}

test::SeenAttributes sent(const Entry& entry) {
    Writer writer(PacketType::attrs);
    writer.u32(1);
    write_attributes(writer, entry);
    const auto reply = writer.finish();
    test::Answer answer({reinterpret_cast<const char*>(reply.bytes.data()), reply.bytes.size()});
    auto seen = answer.attributes();
    EXPECT_EQ(answer.rest, "");
    return seen;
}

Entry entry_of(EntryType type, storage::FileTime modified, std::uint32_t mode) {
    Entry entry;
    entry.type = type;
    entry.size = type == EntryType::file ? 5'000'000'000 : 0;
    entry.modified = modified;
    entry.mode = mode;
    return entry;
}

TEST(SftpAttributeCodec, NoneIsNothing) {
    const auto [attributes, complete] = parse(test::no_attributes());
    EXPECT_TRUE(complete);
    EXPECT_FALSE(attributes.size || attributes.owner || attributes.permissions ||
                 attributes.modified || attributes.only_owner());
}

TEST(SftpAttributeCodec, AllAreRead) {
    const auto [attributes, complete] = parse(Fields()
                                                  .u32(0x8000'000f)
                                                  .u64(12)
                                                  .u32(1)
                                                  .u32(2)
                                                  .u32(0100644)
                                                  .u32(3)
                                                  .u32(4)
                                                  .u32(2)
                                                  .str("name@x")
                                                  .str("value")
                                                  .str("")
                                                  .str(""));
    EXPECT_TRUE(complete);
    EXPECT_EQ(attributes.size, 12U);
    EXPECT_TRUE(attributes.owner);
    EXPECT_EQ(attributes.permissions, 0100644U);
    EXPECT_EQ(attributes.modified, 4U);
    EXPECT_FALSE(attributes.only_owner());
}

TEST(SftpAttributeCodec, OwnerAloneIsTold) {
    EXPECT_TRUE(parse(test::owner_attribute()).attributes.only_owner());
}

TEST(SftpAttributeCodec, TruncatedOnesAreMalformed) {
    const auto whole =
        Fields().u32(0x8000'000f).u64(1).u64(2).u32(3).u64(4).u32(1).str("a").str("b").bytes();
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_FALSE(parse(Fields().raw(whole.substr(0, size))).complete) << size;
    }
}

TEST(SftpAttributeCodec, CountOfPairsIsBoundedByWhatIsThere) {
    for (const std::uint32_t count : {1U, 2U, 1000U, 0x2000'0000U, 0xffff'ffffU}) {
        EXPECT_FALSE(parse(Fields().u32(0x8000'0000).u32(count)).complete) << count;
        EXPECT_FALSE(parse(Fields().u32(0x8000'0000).u32(count + 1U).str("a").str("b")).complete)
            << count;
    }
}

TEST(SftpAttributeCodec, ChangeHasTimeAndPlainModeBits) {
    Attributes attributes;
    attributes.permissions = 0107755;
    attributes.modified = 1'700'000'000;
    const auto change = attributes.change();
    EXPECT_EQ(change.mode, 0755U);
    EXPECT_EQ(change.modified, storage::FileTime(seconds(1'700'000'000)));
    EXPECT_FALSE(Attributes().change().mode);
    EXPECT_FALSE(Attributes().change().modified);
}

TEST(SftpAttributeCodec, TimesReachTheLastSecondThatVersion3Knows) {
    Attributes attributes;
    attributes.modified = 0xffff'ffff;
    EXPECT_EQ(attributes.change().modified, storage::FileTime(seconds(0xffff'ffff)));
}

TEST(SftpAttributeCodec, FileIsSentWithTypeSizeOwnerAndTimes) {
    const auto seen = sent(entry_of(EntryType::file, storage::FileTime(seconds(77)), 0640));
    EXPECT_EQ(seen.flags, 0xfU);
    EXPECT_EQ(seen.size, 5'000'000'000U);
    EXPECT_EQ(seen.user, virtual_id);
    EXPECT_EQ(seen.group, virtual_id);
    EXPECT_EQ(seen.mode, 0100640U);
    EXPECT_EQ(seen.modified, 77U);
    EXPECT_EQ(seen.accessed, 77U);
}

TEST(SftpAttributeCodec, DirectoryIsSentAsOne) {
    EXPECT_EQ(sent(entry_of(EntryType::directory, {}, 0750)).mode, 0040750U);
}

TEST(SftpAttributeCodec, TimesOutsideVersion3AreTheNearest) {
    EXPECT_EQ(sent(entry_of(EntryType::file, sys_days(year(1969) / 1 / 1), 0)).modified, 0U);
    EXPECT_EQ(sent(entry_of(EntryType::file, sys_days(year(2200) / 1 / 1), 0)).modified,
              0xffff'ffffU);
}

}  // namespace
}  // namespace sallyport::sftp
