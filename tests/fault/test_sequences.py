"""Random sequences of requests, through one door and then the other: answers and files are those of a simple model."""

import functools

from fault.case import FaultCase, both_doors, seeded
from fault.doors import DOORS, HELD_BACK, Refused

SEQUENCES = 6
STEPS = 60
PATHS = ("/a", "/b", "/d", "/d/a", "/d/b", "/d/e", "/d/e/a", "/a/x")


class Wrong(Exception):
    """The model says no."""


class Model:
    """Paths of one user with their contents, None for a folder; interrupted uploads beside them."""

    def __init__(self):
        self.nodes, self.partials = {"": None}, {}

    def put(self, path, data, append=False):
        before = self.begin(path, append)
        self.partials.pop(path, None)
        self.nodes[path] = before + data

    def append(self, path, data):
        self.put(path, data, append=True)

    def break_off(self, path, data):
        self.begin(path, append=False)
        if len(data) > HELD_BACK:
            self.partials[path] = data[:-HELD_BACK]

    def begin(self, path, append):
        self.look_for(path)
        if self.is_folder(path):
            raise Wrong
        there = self.partials.get(path, self.nodes.get(path)) or b""
        return there if append else b""

    def get(self, path):
        self.must(path in self.nodes and not self.is_folder(path))
        return self.nodes[path]

    def size(self, path):
        self.must(not self.is_folder(path) and not self.leads_through_file(path))
        there = self.partials.get(path, self.nodes.get(path))
        self.must(there is not None)
        return len(there)

    def names(self, path):
        self.must(self.is_folder(path))
        return sorted({name for name in [*self.nodes, *self.partials] if name and self.parent(name) == path})

    def remove(self, path):
        self.must(not self.is_folder(path) and not self.leads_through_file(path))
        self.must(path in self.nodes or path in self.partials)
        self.nodes.pop(path, None)
        self.partials.pop(path, None)

    def rename(self, source, target):
        self.must(source in self.nodes)
        if source == target:
            return
        self.must(not target.startswith(source + "/"))
        self.look_for(target)
        self.must(target not in self.nodes or not (self.is_folder(source) or self.is_folder(target)))
        self.nodes = {target + path[len(source):] if path == source or path.startswith(source + "/") else path: data
                      for path, data in self.nodes.items() if path != target}

    def mkdir(self, path):
        self.look_for(path)
        self.must(path not in self.nodes)
        self.nodes[path] = None

    def rmdir(self, path):
        self.must(self.is_folder(path) and not any(self.parent(name) == path for name in self.nodes if name))
        del self.nodes[path]
        self.partials = {name: data for name, data in self.partials.items() if not name.startswith(path + "/")}

    def look_for(self, path):
        """A folder must hold it."""
        self.must(self.is_folder(self.parent(path)))

    def leads_through_file(self, path):
        """A folder that is missing is none: partials stay when theirs is renamed."""
        parent = self.parent(path)
        return self.nodes.get(parent) is not None or bool(parent) and self.leads_through_file(parent)

    def is_folder(self, path):
        return path in self.nodes and self.nodes[path] is None

    @staticmethod
    def parent(path):
        return path.rpartition("/")[0]

    @staticmethod
    def must(condition):
        if not condition:
            raise Wrong


USERS = ["demo", *(f"user{i}" for i in range(SEQUENCES))]


class Sequences(FaultCase):
    server_options = both_doors(users=USERS, durability="none")

    def test_random_sequences_end_as_the_model_says(self):
        chance = seeded("sequences")
        for number in range(SEQUENCES):
            user, model, story = f"user{number}", Model(), []
            sessions = [self.enter(door, user) for door in DOORS]
            for _ in range(STEPS):
                at = chance.randrange(len(sessions))
                name, arguments = self.draw(chance)
                story.append(f"{sessions[at].protocol} {name} {arguments}")
                expected = outcome(lambda: getattr(model, name)(*arguments))
                found = outcome(lambda: self.do(sessions, at, user, name, arguments))
                if name == "names" and isinstance(found, list):
                    found = [f"{arguments[0]}/{entry}" for entry in found]
                story[-1] += f": {expected}"
                self.assertEqual(found, expected, "\n".join(story))
                self.assert_same_files(user, model, story)

    def draw(self, chance):
        path = chance.choice(PATHS)
        data = bytes([chance.randrange(97, 123)]) * chance.randrange(1, 50)
        return chance.choice([("put", (path, data)), ("put", (path, data)), ("append", (path, data)),
                              ("break_off", (path, data)), ("get", (path,)), ("size", (path,)), ("names", (path,)),
                              ("remove", (path,)), ("rename", (path, chance.choice(PATHS))), ("mkdir", (path,)),
                              ("rmdir", (path,))])

    def do(self, sessions, at, user, name, arguments):
        if name == "break_off":
            return self.break_off(sessions, at, user, *arguments)
        if name == "append":
            return sessions[at].put(*arguments, append=True)
        return getattr(sessions[at], name)(*arguments)

    def break_off(self, sessions, at, user, path, data):
        """Cuts an upload and logs in anew."""
        upload = sessions[at].begin(path)
        upload.send(data)
        before = len(self.server.events("file.abandoned"))
        sessions[at].cut()
        self.wait_until(lambda: len(self.server.events("file.abandoned")) > before, "the upload is abandoned")
        sessions[at] = self.enter(DOORS[at], user)

    def assert_same_files(self, user, model, story):
        home = self.server.home(user)
        found = {"": None} | {f"/{path.relative_to(home)}": None if path.is_dir() else path.read_bytes()
                              for path in home.rglob("*")}
        self.assertEqual(found, model.nodes, "\n".join(story))


class SequencesInMemory(Sequences):
    """What is stored can be seen through the doors alone."""

    server_options = both_doors(users=USERS, storage={"backend": "memory"})

    def assert_stored(self, path, data, user="demo"):
        session = DOORS[0](self.server, user)
        self.assertEqual(session.get(path), data)
        session.close()

    def assert_same_files(self, user, model, story):
        for session in self.lookers(user):
            found = {path: [f"{path}/{name}" for name in session.names(path or "/")] if contents is None
                     else session.get(path) for path, contents in model.nodes.items()}
            expected = {path: model.names(path) if contents is None else contents
                        for path, contents in model.nodes.items()}
            self.assertEqual(found, expected, "\n".join(story))

    @functools.cache
    def lookers(self, user):
        """Sessions that change nothing."""
        return [self.enter(door, user) for door in DOORS]


def outcome(action):
    try:
        return action()
    except (Refused, Wrong):
        return "refused"
