#!/usr/bin/python
# Copyright: The qcode-setup authors
# MIT License (see LICENSE)

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
---
module: qcode_setup
short_description: Point AI coding tools at the QCode.cc gateway
version_added: "0.1.0"
description:
  - Runs C(qcode-setup apply) with what the task says, for the user that the task runs as, or for the whole computer.
  - A second run changes nothing. In check mode nothing is written, and the result says what would be.
  - What the task does not mention stays as it is.
author:
  - The qcode-setup authors
requirements:
  - qcode-setup, and Node.js 20 or newer, on the managed computer
options:
  state:
    description:
      - V(present) sets the tools up, V(absent) takes out what qcode-setup wrote and gives back what it replaced.
    type: str
    choices: [present, absent]
    default: present
  tools:
    description:
      - Ids of tools, or dictionaries with an C(id) and settings of that tool alone, as in a setup file.
      - Required with O(state=present). With O(state=absent) ids only; without any, all tools are removed.
    type: list
    elements: raw
  region:
    description: Region of the gateway, such as V(eu).
    type: str
  gateway:
    description: URL of a relay of your own, in place of O(region).
    type: str
  key:
    description:
      - The API key. It is handed over by standard input and is shown nowhere.
      - Without it, keys in place stay as they are.
    type: str
  key_from:
    description:
      - Where the managed computer has the key, in place of O(key), such as V(env:QCODE_API_KEY), V(file:~/.secrets/qcode) or V(keychain).
    type: str
  key_store:
    description: Where the key is kept.
    type: str
    choices: [file, env, keychain]
  scope:
    description:
      - V(managed) sets up the whole computer, as root and without a key, since every user can read it.
    type: str
    choices: [user, managed]
    default: user
  prune:
    description: Also remove what an earlier run configured and O(tools) does not list any more.
    type: bool
    default: false
  on_conflict:
    description: What to do with values that a user changed.
    type: str
    choices: [stop, overwrite, skip]
    default: stop
  check_gateway:
    description: Ask the gateway about the key before anything is written, and about its routes afterwards. Uses no tokens.
    type: bool
    default: true
  allow_gateway:
    description: Take O(gateway) though it is no region of QCode.cc. The key is sent there.
    type: bool
    default: false
  allow_http:
    description: Take a gateway without TLS on another computer. The key and all prompts can be read on the way.
    type: bool
    default: false
  gitignore:
    description: Add files with the key that Git would track to the .gitignore of their repository.
    type: bool
    default: false
  timeout:
    description: Seconds to wait for a reply of the gateway.
    type: int
    default: 10
  executable:
    description: The program, by name or path.
    type: str
    default: qcode-setup
attributes:
  check_mode:
    description: Says what would change, from the same plan that a run would apply.
    support: full
  diff_mode:
    description: Shows each value before and after. Keys are masked.
    support: full
  platform:
    description: Linux and macOS.
    support: full
    platforms: posix
"""

EXAMPLES = r"""
- name: Codex CLI and Claude Code for one user
  qcode.setup.qcode_setup:
    tools: [codex, claude-code]
    region: eu
    key: "{{ vault_qcode_key }}"
  become: true
  become_user: alice

- name: The base URL for every user of the computer
  qcode.setup.qcode_setup:
    scope: managed
    tools: [codex, claude-code]
    region: eu
  become: true

- name: Two accounts of one tool
  qcode.setup.qcode_setup:
    tools:
      - claude-code
      - id: claude-code
        folders:
          CLAUDE_CONFIG_DIR: ~/.claude-work
    key_from: file:~/.secrets/qcode
"""

RETURN = r"""
edits:
  description: Each file of each tool, and the values that change in it. Keys are masked.
  returned: success
  type: list
  elements: dict
  sample:
    - tool: codex
      path: /home/alice/.codex/config.toml
      action: create
      baseUrl: https://eu.qcode.cc/openai
effect:
  description: What the tools will do otherwise than they were set up to, on the computer as it is or would be.
  returned: when O(state=present)
  type: list
  elements: dict
drift:
  description: Files that differ from what was written. Only in check mode.
  returned: when O(state=present)
  type: list
  elements: dict
run:
  description: Id of the change, for C(qcode-setup undo). Null where nothing was written.
  returned: success
  type: str
exit_code:
  description: The exit code of qcode-setup. 2 is bad input, 3 a conflict or a setting that wins over this one, 4 the gateway.
  returned: always
  type: int
"""

import json
import os
import re
import tempfile

from ansible.module_utils.basic import AnsibleModule

NOT_EFFECTIVE = 3

REFERENCE = re.compile(r"(env|file):|keychain$")

OPTIONS = dict(
    state=dict(type="str", choices=["present", "absent"], default="present"),
    tools=dict(type="list", elements="raw"),
    region=dict(type="str"),
    gateway=dict(type="str"),
    key=dict(type="str", no_log=True),
    # Says where a key is, and is none.
    key_from=dict(type="str", no_log=False),
    key_store=dict(type="str", choices=["file", "env", "keychain"], no_log=False),
    scope=dict(type="str", choices=["user", "managed"], default="user"),
    prune=dict(type="bool", default=False),
    on_conflict=dict(type="str", choices=["stop", "overwrite", "skip"], default="stop"),
    check_gateway=dict(type="bool", default=True),
    allow_gateway=dict(type="bool", default=False),
    allow_http=dict(type="bool", default=False),
    gitignore=dict(type="bool", default=False),
    timeout=dict(type="int", default=10),
    executable=dict(type="str", default="qcode-setup"),
)


def setup_file(params):
    """What the task says, as a setup file; never the key."""
    said = dict(version=1, tools=params["tools"])
    for option, name in (("region", "region"), ("gateway", "gateway"), ("key_store", "key_store"), ("key_from", "key")):
        if params[option] is not None:
            said[name] = params[option]
    return said


def scope_of(params):
    return ["--scope", "managed"] if params["scope"] == "managed" else []


def apply_command(params, path, check):
    """The arguments of C(apply). A key is read from standard input."""
    args = ["apply", path, "--json"] + scope_of(params)
    args += ["--check"] if check else ["--yes", "--on-conflict", params["on_conflict"]]
    if params["key"] is not None:
        args += ["--key-file", "-"]
    args += ["--timeout", str(params["timeout"])] if params["check_gateway"] else ["--no-check"]
    for option in ("prune", "allow_gateway", "allow_http", "gitignore"):
        if params[option]:
            args.append("--" + option.replace("_", "-"))
    return args


def remove_command(params, check):
    args = ["remove", "--json", "--yes", "--on-conflict", params["on_conflict"]] + scope_of(params)
    for tool in params["tools"] or []:
        args += ["--tool", tool if isinstance(tool, str) else str(tool.get("id"))]
    return args + (["--dry-run"] if check else [])


def run_program(module, args, key=None):
    """The document that the program prints, and its exit code. Fails the task where there is none."""
    program = module.params["executable"]
    command = [program if os.path.isabs(program) else module.get_bin_path(program, required=True)] + args
    data = None if key is None else key + "\n"
    code, out, err = module.run_command(command, data=data, environ_update=dict(QCODE_LANG="en", NO_COLOR="1"))
    try:
        return json.loads(out), code
    except ValueError:
        module.fail_json(msg="qcode-setup printed no result: %s" % (err.strip() or out.strip()), exit_code=code)


def fail_on_error(module, result, code):
    """A refusal in the program's own words: what, where, and the next command."""
    error = result.get("error")
    if not error:
        return
    where = error.get("where") or {}
    place = ":".join(str(where[part]) for part in ("file", "line", "column") if where.get(part))
    hints = error.get("hint") or []
    parts = [error.get("message", ""), "(%s)" % place if place else ""]
    parts += hints if isinstance(hints, list) else [hints]
    module.fail_json(msg=" ".join(part for part in parts if part), code=error.get("code"), exit_code=code)


def difference(edits):
    """One entry for each file that changes, for --diff; values are masked by the program."""
    entries = []
    for edit in edits:
        changes = edit.get("changes") or []
        if not changes:
            continue

        def lines(side, changes=changes):
            named = [(".".join(change["keyPath"]), change.get(side)) for change in changes]
            return "".join("%s: %s\n" % (name, value) for name, value in named if value is not None)

        entries.append(
            dict(before_header=edit["path"], after_header=edit["path"], before=lines("from"), after=lines("to"))
        )
    return entries


def finish(module, result, code, changed):
    for warning in result.get("warnings") or []:
        module.warn(warning["message"])
    edits = result.get("edits") or []
    output = dict(
        changed=changed,
        edits=edits,
        effect=result.get("effect") or [],
        drift=result.get("drift") or [],
        run=result.get("run"),
        exit_code=code,
    )
    if module._diff:
        output["diff"] = difference(edits)
    # In check mode 3 also says that there is something to do.
    if code != 0 and not (module.check_mode and code == NOT_EFFECTIVE and changed):
        module.fail_json(msg=why(result, code), **output)
    module.exit_json(**output)


def why(result, code):
    errors = [one["message"] for one in result.get("effect") or [] if one.get("level") == "error"]
    errors += [one["message"] for one in result.get("warnings") or []]
    said = " ".join(errors) or json.dumps(result.get("check"))
    return ("The gateway did not answer as it should: %s" if code == 4 else "%s") % said


def main():
    module = AnsibleModule(
        argument_spec=OPTIONS,
        supports_check_mode=True,
        mutually_exclusive=[("region", "gateway"), ("key", "key_from")],
        required_if=[("state", "present", ["tools"])],
    )
    params = module.params
    if params["key_from"] and not REFERENCE.match(params["key_from"]):
        # It may be a key; the program refuses it.
        module.no_log_values.add(params["key_from"])
    if params["state"] == "absent":
        result, code = run_program(module, remove_command(params, module.check_mode))
        fail_on_error(module, result, code)
        finish(module, result, code, bool(result.get("changed")))
    handle, path = tempfile.mkstemp(prefix="qcode-", suffix=".json", dir=module.tmpdir)
    try:
        with os.fdopen(handle, "w") as file:
            json.dump(setup_file(params), file)
        result, code = run_program(module, apply_command(params, path, module.check_mode), params["key"])
    finally:
        os.unlink(path)
    fail_on_error(module, result, code)
    pending = result.get("drift") or (module.check_mode and result.get("removed"))
    finish(module, result, code, bool(result.get("changed") or pending))


if __name__ == "__main__":
    main()
