// Runs one scenario with basic-ftp: `node basic_ftp.mjs SCENARIO OPTIONS`, OPTIONS being JSON. Works in the current
// directory and prints what the scenario found as one line of JSON.
import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "basic-ftp";

const [scenario, json] = process.argv.slice(2);
const options = JSON.parse(json);

async function connect() {
    const client = new Client(30_000);
    await client.access({
        host: options.host,
        port: options.port,
        user: options.user,
        password: options.password,
        secure: options.implicit ? "implicit" : true,
        secureOptions: { ca: readFileSync(options.ca), minVersion: options.tls, maxVersion: options.tls },
    });
    return client;
}

function entries(list) {
    return Object.fromEntries(list.map((info) => [info.name, { folder: info.isDirectory, size: info.size }]));
}

// Sends the first `bytes` of a file, then holds the line until the process is killed.
async function* stalling(path, bytes) {
    yield readFileSync(path).subarray(0, bytes);
    await delay(600_000);
}

const scenarios = {
    async manage(client) {
        await client.ensureDir("/managed/two words/größe");
        await client.uploadFrom("source.bin", "before.bin");
        await client.rename("before.bin", "after name.bin");
        const found = {
            pwd: await client.pwd(),
            size: await client.size("after name.bin"),
            modified: (await client.lastMod("after name.bin")).getTime() > 0,
            list: entries(await client.list()),
        };
        await client.remove("after name.bin");
        found.left = entries(await client.list());
        await client.cd("/");
        await client.removeDir("/managed");
        return found;
    },
    async copies(client) {
        for (const name of options.names) {
            await client.uploadFrom(`up/${name}`, name);
            await client.downloadTo(`down/${name}`, name);
        }
        return { protocol: client.ftp.socket.getProtocol() };
    },
    async tree(client) {
        await client.uploadFromDir("tree", options.folder);
        await client.downloadToDir("back", options.folder);
        return {};
    },
    async stall(client) {
        await client.uploadFrom(Readable.from(stalling("source.bin", options.bytes)), options.name);
    },
    async resume(client) {
        const size = await client.size(options.name);
        await client.appendFrom("source.bin", options.name, { localStart: size });
        return { size };
    },
};

const client = await connect();
try {
    console.log(JSON.stringify(await scenarios[scenario](client)));
} finally {
    client.close();
}
