// Runs one scenario with ssh2-sftp-client: `node ssh2_sftp_client.mjs SCENARIO OPTIONS`, OPTIONS being JSON. Works in the
// current directory and prints what the scenario found as one line of JSON.
import { createReadStream, readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import Client from "ssh2-sftp-client";

const [scenario, json] = process.argv.slice(2);
const options = JSON.parse(json);

async function connect() {
    const client = new Client();
    const { host, port, username, password, key, prompted } = options;
    if (prompted) {
        client.on("keyboard-interactive", (_name, _words, _language, _prompts, answer) => answer([prompted]));
    }
    await client.connect({ host, port, username, password, privateKey: key && readFileSync(key),
                           tryKeyboard: Boolean(prompted), readyTimeout: 30_000,
                           hostVerifier: (hostKey) => hostKey.toString("base64") === options.hostKey });
    return client;
}

// Sends the first `bytes` of a file, then holds the line until the process is killed.
async function* stalling(path, bytes) {
    yield readFileSync(path).subarray(0, bytes);
    await delay(600_000);
}

const scenarios = {
    async login(client) {
        return { cwd: await client.cwd() };
    },
    async put(client) {
        for (const name of options.names) {
            await client.put(`up/${name}`, name);
            await client.get(name, `down/${name}`);
        }
        return {};
    },
    async fast(client) {
        for (const name of options.names) {
            await client.fastPut(`up/${name}`, name, { concurrency: options.concurrency, chunkSize: options.chunkSize });
            await client.fastGet(name, `down/${name}`, { concurrency: options.concurrency });
        }
        return {};
    },
    async forms(client) {
        await client.put(Buffer.from("from a buffer"), "buffer.bin", { writeStreamOptions: { mode: 0o604 } });
        await client.put(createReadStream("up.bin"), "stream.bin");
        await client.append(Buffer.from(", appended"), "buffer.bin");
        return { text: (await client.get("buffer.bin")).toString() };
    },
    async tree(client) {
        await client.uploadDir("tree", options.folder);
        await client.downloadDir(options.folder, "back");
        return {};
    },
    async manage(client) {
        await client.mkdir("managed/two words/größe", true);
        await client.put(Buffer.from("12345"), "managed/before.bin");
        await client.put(Buffer.from("old"), "managed/target.bin");
        await client.rename("managed/before.bin", "managed/größe.bin");
        const refused = await client.rename("managed/größe.bin", "managed/target.bin").then(() => false, () => true);
        await client.posixRename("managed/größe.bin", "managed/target.bin");
        await client.chmod("managed/target.bin", 0o600);
        const found = {
            refused,
            mode: (await client.stat("managed/target.bin")).mode & 0o777,
            size: (await client.stat("managed/target.bin")).size,
            kinds: [await client.exists("managed"), await client.exists("managed/target.bin"),
                    await client.exists("missing")],
            list: Object.fromEntries((await client.list("managed")).map((entry) => [entry.name, entry.type])),
            real: await client.realPath("managed/../managed"),
        };
        await client.delete("managed/target.bin");
        found.missing = await client.delete("managed/target.bin").then(() => null, (error) => error.code);
        await client.rmdir("managed", true);
        return found;
    },
    async copy(client) {
        await client.put("up.bin", "origin.bin");
        await client.rcopy("origin.bin", "twin.bin");
        return {};
    },
    async parallel(client) {
        await Promise.all(options.names.map((name) => client.put(`up/${name}`, name)));
        return {};
    },
    async dropbox(client) {
        await client.put("up.bin", "node.bin");
        await client.put(Buffer.from("12345"), "node.csv.filepart");
        await client.rename("node.csv.filepart", "node.csv");
        return {
            size: (await client.stat("node.bin")).size,
            names: (await client.list("/")).map((entry) => entry.name).sort(),
            others: await client.exists("others.txt"),
        };
    },
    async stall(client) {
        await client.put(Readable.from(stalling("source.bin", options.bytes)), options.name);
    },
    async resume(client) {
        const { size } = await client.stat(options.name);
        await client.append(createReadStream("source.bin", { start: size }), options.name);
        return { size };
    },
};

const client = await connect();
try {
    console.log(JSON.stringify(await scenarios[scenario](client)));
} finally {
    await client.end();
}
