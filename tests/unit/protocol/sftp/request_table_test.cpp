#include "protocol/sftp/request_table.hpp"

#include <gtest/gtest.h>

#include <set>

#include "protocol/sftp/extension_table.hpp"

namespace sallyport::sftp {
namespace {

TEST(SftpRequestTable, EveryRequestOfVersion3HasOneRow) {
    std::set<PacketType> types;
    for (const auto& row : request_table()) {
        EXPECT_TRUE(types.insert(row.type).second) << static_cast<int>(row.type);
        EXPECT_EQ(find_request(static_cast<std::uint8_t>(row.type)), &row);
    }
    for (std::uint8_t type = 3; type <= 20; ++type) {
        EXPECT_TRUE(types.contains(static_cast<PacketType>(type))) << int{type};
    }
    EXPECT_TRUE(types.contains(PacketType::extended));
    EXPECT_EQ(types.size(), 19U);
}

TEST(SftpRequestTable, RefusedRequestsSayWhy) {
    for (const auto& row : request_table()) {
        EXPECT_TRUE(row.handler != nullptr || !row.refusal.empty());
    }
    EXPECT_EQ(find_request(19)->handler, nullptr);
    EXPECT_EQ(find_request(20)->handler, nullptr);
}

TEST(SftpRequestTable, AnswersAndUnknownTypesHaveNoRow) {
    for (const unsigned type :
         {0U, 1U, 2U, 21U, 99U, 101U, 102U, 103U, 104U, 105U, 199U, 201U, 255U}) {
        EXPECT_EQ(find_request(static_cast<std::uint8_t>(type)), nullptr) << type;
    }
}

TEST(SftpExtensionTable, WhatIsAdvertisedWorks) {
    std::set<std::string_view> names;
    for (const auto& row : extension_table()) {
        EXPECT_TRUE(names.insert(row.name).second) << row.name;
        EXPECT_EQ(find_extension(row.name), &row);
        EXPECT_TRUE(row.advertised.empty() || row.handler != nullptr) << row.name;
        EXPECT_TRUE(row.handler != nullptr || !row.refusal.empty()) << row.name;
    }
}

TEST(SftpExtensionTable, NamesAreWhole) {
    for (const auto* name : {"", "copy", "copy-data2", "statvfs", "STATVFS@openssh.com"}) {
        EXPECT_EQ(find_extension(name), nullptr) << name;
    }
}

}  // namespace
}  // namespace sallyport::sftp
