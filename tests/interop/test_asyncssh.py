"""asyncssh, the SSH library of asyncio programs: it keeps 128 requests under way and writes them as they come."""

import asyncio
import os
import unittest
import warnings

from support.case import AWKWARD_NAMES, payload, read_tree, sha256, write_tree
from support.ssh_client import TIMEOUT_SECONDS, SshCase

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # asyncssh names ciphers that its cryptography library is about to drop
    import asyncssh

MIB = 1 << 20
NOON = 1_600_000_000


class AsyncsshCase(SshCase, unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        # Else each step that takes long is told, and transfers of megabytes do.
        asyncio.get_running_loop().set_debug(False)

    async def connection(self, **options):
        """A connection that ends with the test; with demo's key unless `options` say otherwise."""
        host, port = self.server.address("sftp")
        options = {"client_keys": [str(self.key)], **options}
        return await self.enterAsyncContext(asyncssh.connect(
            host, port, username="demo", known_hosts=str(self.server.known_hosts), agent_path=None, config=None,
            login_timeout=TIMEOUT_SECONDS, **options))

    async def session(self):
        connection = await self.connection()
        return await self.enterAsyncContext(connection.start_sftp_client())


class Login(AsyncsshCase):
    async def test_password_logs_in(self):
        await self.connection(client_keys=None, password=self.server.password("demo"), preferred_auth="password")
        self.server.wait_event("auth.ok", method="password")

    async def test_prompted_password_logs_in(self):
        await self.connection(client_keys=None, password=self.server.password("demo"),
                              preferred_auth="keyboard-interactive")
        self.server.wait_event("auth.ok", method="keyboard-interactive")

    async def test_wrong_password_is_refused(self):
        with self.assertRaises(asyncssh.PermissionDenied):
            await self.connection(client_keys=None, password="wrong")


class Transfers(AsyncsshCase):
    async def test_files_of_all_sizes_survive_the_way_up_and_down(self):
        sftp = await self.session()
        for size in (0, 1, 16384, 16 * MIB + 3, 64 * MIB):
            with self.subTest(size=size):
                data = payload(size)
                await sftp.put(str(self.file("up.bin", data)), f"size-{size}.bin")
                self.assert_stored(f"size-{size}.bin", data)
                self.assert_received(f"/size-{size}.bin", data, protocol="sftp")
                await sftp.get(f"size-{size}.bin", str(self.work / "down.bin"))
                self.assertEqual(sha256((self.work / "down.bin").read_bytes()), sha256(data))

    async def test_awkward_names_survive(self):
        sftp = await self.session()
        for name in AWKWARD_NAMES:
            with self.subTest(name=name):
                await sftp.put(str(self.file("up", name.encode())), name)
                self.assert_stored(name, name.encode())
        self.assertLessEqual(set(AWKWARD_NAMES), set(await sftp.listdir()))

    async def test_tree_survives_the_way_up_and_down_with_its_times(self):
        write_tree(self.work / "tree")
        os.utime(self.work / "tree" / "plain.bin", (NOON, NOON))
        sftp = await self.session()
        await sftp.put(str(self.work / "tree"), "grown", recurse=True, preserve=True)
        await sftp.get("grown", str(self.work / "back"), recurse=True, preserve=True)
        self.assertEqual(read_tree(self.server.home() / "grown"), read_tree(self.work / "tree"))
        self.assertEqual(read_tree(self.work / "back"), read_tree(self.work / "tree"))
        for copy in (self.server.home() / "grown", self.work / "back"):
            self.assertEqual(int((copy / "plain.bin").stat().st_mtime), NOON)

    async def test_twenty_files_at_once_in_one_session(self):
        sftp = await self.session()
        files = {f"at-once-{number:02}.bin": payload(MIB + number, seed=number) for number in range(20)}
        for name, data in files.items():
            self.file(name, data)
        await asyncio.gather(*(sftp.put(str(self.work / name), name) for name in files))
        for name, data in files.items():
            self.assert_stored(name, data)
            self.assert_received(f"/{name}", data)

    async def test_smallest_blocks_and_a_single_request_change_no_byte(self):
        sftp = await self.session()
        data = payload(100_000)
        self.file("up.bin", data)
        for number, options in enumerate(({"block_size": 7, "max_requests": 1000}, {"max_requests": 1},
                                          {"block_size": 250_000, "max_requests": 64})):
            with self.subTest(**options):
                await sftp.put(str(self.work / "up.bin"), f"odd-{number}.bin", **options)
                self.assert_stored(f"odd-{number}.bin", data)


class Files(AsyncsshCase):
    async def test_file_is_opened_for_reading_and_writing(self):
        sftp = await self.session()
        async with sftp.open("both.bin", "w+b") as file:
            await file.write(b"0123456789")
            await file.seek(4)
            await file.write(b"xx")
            self.assertEqual(await file.read(-1, 0), b"0123xx6789")
            await file.truncate(8)
            await file.fsync()
            self.assertFalse((self.server.home() / "both.bin").exists())
        self.assert_stored("both.bin", b"0123xx67")

    async def test_space_is_told_by_path_and_by_handle(self):
        sftp = await self.session()
        real = os.statvfs(self.server.storage_root)
        async with sftp.open("space.bin", "wb") as file:
            for told in (await sftp.statvfs("."), await file.statvfs()):
                self.assertEqual(told.blocks * told.frsize, real.f_blocks * real.f_frsize)
                self.assertLessEqual(told.bavail, told.blocks)
                self.assertEqual(told.namemax, 255)

    async def test_files_and_folders_are_managed(self):
        sftp = await self.session()
        await sftp.makedirs("managed/größe")
        async with sftp.open("managed/a.bin", "wb") as file:
            await file.write(b"12345")
        await sftp.rename("managed/a.bin", "managed/größe/b.bin")
        self.assertEqual(await sftp.getsize("managed/größe/b.bin"), 5)
        self.assertTrue(await sftp.isdir("managed/größe"))
        self.assertFalse(await sftp.exists("managed/a.bin"))
        self.assertEqual(await sftp.glob("managed/*/*.bin"), ["managed/größe/b.bin"])
        await sftp.rmtree("managed")
        self.assertFalse((self.server.home() / "managed").exists())

    async def test_rename_replaces_only_as_posix_does(self):
        sftp = await self.session()
        for name in ("old.bin", "new.bin"):
            async with sftp.open(name, "wb") as file:
                await file.write(name.encode())
        with self.assertRaises(asyncssh.SFTPError):
            await sftp.rename("new.bin", "old.bin")
        await sftp.posix_rename("new.bin", "old.bin")
        self.assert_stored("old.bin", b"new.bin")

    async def test_links_are_refused(self):
        sftp = await self.session()
        async with sftp.open("target.bin", "wb") as file:
            await file.write(b"12345")
        for call in (sftp.link("target.bin", "hard.bin"), sftp.symlink("target.bin", "soft.bin"),
                     sftp.readlink("target.bin")):
            with self.assertRaises(asyncssh.SFTPError):
                await call
        self.assertEqual({path.name for path in self.server.home().glob("*.bin")} & {"hard.bin", "soft.bin"}, set())

    async def test_lost_session_publishes_nothing(self):
        connection = await self.connection()
        sftp = await connection.start_sftp_client()
        file = await sftp.open("lost.bin", "wb")
        await file.write(payload(MIB))
        connection.abort()
        await connection.wait_closed()
        self.server.wait_event("file.abandoned", path="/lost.bin")
        self.assertFalse((self.server.home() / "lost.bin").exists())


class Channels(AsyncsshCase):
    async def test_command_is_refused_with_a_message_and_a_status(self):
        done = await (await self.connection()).run("ls")
        self.assertEqual((done.stdout, done.exit_status), ("", 1))
        self.assertIn("SFTP only", done.stderr)

    async def test_second_channel_is_refused_while_one_is_open_and_the_first_goes_on(self):
        connection = await self.connection()
        first = await self.enterAsyncContext(connection.start_sftp_client())
        with self.assertRaises(asyncssh.ChannelOpenError):
            await connection.start_sftp_client()
        self.assertEqual(await first.realpath("."), "/")

    async def test_connections_are_not_passed_on(self):
        connection = await self.connection()
        with self.assertRaises(asyncssh.ChannelOpenError):
            await connection.open_connection("127.0.0.1", 80)
        with self.assertRaises(asyncssh.ChannelListenError):
            await connection.forward_remote_port("", 0, "127.0.0.1", 80)
