"""A real Thunderbird without a window, driven from within by its own remote control (Marionette).

Each has a new profile with the one account of a stage, and nothing else to ask or to show.
"""

import base64
import json
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Self

from tests.daemon_kit import SHOP, until
from tests.dovecot import HOST, PASSWORD, free_ports
from tests.stage_kit import Stage

Box = dict[str, float]
SIZE = ("1240", "760")
SETTINGS: dict[str, str | int | bool] = {
    "mail.accountmanager.accounts": "account1,account2",
    "mail.accountmanager.defaultaccount": "account1",
    "mail.accountmanager.localfoldersserver": "server2",
    "mail.account.account1.server": "server1",
    "mail.account.account1.identities": "id1",
    "mail.account.account2.server": "server2",
    "mail.server.server1.type": "imap",
    "mail.server.server1.hostname": HOST,
    "mail.server.server1.name": SHOP,
    "mail.server.server1.socketType": 0,
    "mail.server.server1.authMethod": 3,
    "mail.server.server1.login_at_startup": False,
    "mail.server.server1.check_new_mail": False,
    "mail.server.server2.type": "none",
    "mail.server.server2.hostname": "Local Folders",
    "mail.server.server2.userName": "nobody",
    "mail.server.server2.name": "Local Folders",
    "mail.identity.id1.useremail": SHOP,
    "mail.identity.id1.fullName": "Lamp Shop",
    "mail.identity.id1.valid": True,
    "mail.identity.id1.smtpServer": "smtp1",
    "mail.identity.id1.compose_html": False,
    "mail.smtpservers": "smtp1",
    "mail.smtp.defaultserver": "smtp1",
    "mail.smtpserver.smtp1.hostname": HOST,
    "mail.smtpserver.smtp1.authMethod": 3,
    "mail.smtpserver.smtp1.try_ssl": 0,
    "mail.pane_config.dynamic": 0,  # the list above the mail, as a table
    "mail.threadpane.listview": 1,
    "mail.biff.show_alert": False,
    "mail.provider.suppress_dialog_on_startup": True,
    "mail.rights.version": 1,
    "mail.shell.checkDefaultClient": False,
    "mail.spellcheck.inline": False,
    "mailnews.default_sort_order": 2,
    "mailnews.start_page.enabled": False,
    "app.update.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.connectivity-service.enabled": False,
}
BEGIN = """
const done = arguments[arguments.length - 1], given = arguments;
const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
const main = Services.wm.getMostRecentWindow("mail:3pane");
const panes = () => main.document.getElementById("tabmail").currentAbout3Pane;
const server = MailServices.accounts.accounts[0].incomingServer;
const folder = name => server.rootFolder.descendants.find(each => each.name === name);
const rows = () => Array.from(
    { length: panes().gDBView?.rowCount ?? 0 }, (_, at) => panes().gDBView.getMsgHdrAt(at));
const at = words => rows().findIndex(row => row.mime2DecodedSubject.includes(words));
const place = element => {
    const pane = main.document.getElementById("tabmail").currentTabInfo.chromeBrowser.getBoundingClientRect();
    const box = element.getBoundingClientRect();
    return { x: pane.x + box.x, y: pane.y + box.y, width: box.width, height: box.height };
};
const until = async condition => {
    for (let left = 200; left; left--) {
        const found = condition();
        if (found) return found;
        await new Promise(go => main.setTimeout(go, 100));
    }
    throw new Error("not within 20 s: " + condition);
};
(async () => {
"""
END = "\n})().then(done, error => done({ error: String(error) }));"
LOGIN = """
for (const kind of ["imap", "smtp"]) {
    const login = Cc["@mozilla.org/login-manager/loginInfo;1"].createInstance(Ci.nsILoginInfo);
    login.init(`${kind}://${given[0]}`, null, `${kind}://${given[0]}`, given[1], given[2], "", "");
    await Services.logins.addLoginAsync(login);
}
await until(() => panes()?.gFolder !== undefined || panes()?.displayFolder);
panes().displayFolder(folder("Inbox")?.URI ?? server.rootFolder.descendants[0].URI);
await until(() => rows().length);
server.performExpand(main.msgWindow);
await until(() => folder("Approval") && folder("Trash"));
"""
SHOW = """
const wanted = await until(() => folder(given[0]));  // a new LIST hides them for a moment
panes().displayFolder(wanted.URI);
await until(() => panes().gDBView?.viewFolder?.URI === wanted.URI && rows().length);
"""
READ = """
await until(() => at(given[0]) >= 0);
panes().threadTree.selectedIndex = at(given[0]);
const shown = await until(() => panes().messageBrowser.contentWindow);
await until(() => shown.msgLoaded && shown.gMessage?.messageKey === rows()[at(given[0])].messageKey);
"""
WHERE = """
const row = [...panes().document.querySelectorAll("#folderTree li")].find(
    each => each.querySelector(".name").textContent === given[0]);
return place(row.querySelector(".container"));
"""
WHOM = (
    'return place(panes().threadTree.getRowAtIndex(at(given[0])).querySelector(".correspondentcol-column"));'
)
MOVE = """
const row = rows()[at(given[0])];
const target = await until(() => folder(given[1]));
MailServices.copy.copyMessages(row.folder, [row], target, true, null, main.msgWindow, true);
"""
EDIT_AS_NEW = """
main.goDoCommand("cmd_editAsNew");
const editor = await until(() => Services.wm.getMostRecentWindow("msgcompose"));
await until(() => editor.gMsgCompose?.editor && editor.document.getElementById("msgSubject").value);
editor.resizeTo(860, given[1]);
await until(() => editor.innerHeight <= given[1]);
const body = editor.gMsgCompose.editor.document.body;
await until(() => body.textContent.includes(Object.keys(given[0])[0]));
const walk = body.ownerDocument.createTreeWalker(body, 4);
while (walk.nextNode()) for (const [old, words] of Object.entries(given[0]))
    walk.currentNode.data = walk.currentNode.data.replace(old, words);
const box = editor.document.getElementById("button-send").getBoundingClientRect();
return { x: box.x, y: box.y, width: box.width, height: box.height };
"""
UNDO = 'main.goDoCommand("cmd_undo");'
SAVE = """
const editor = Services.wm.getMostRecentWindow("msgcompose");
editor.goDoCommand("cmd_saveAsDraft");
await until(() => editor.gMsgCompose.compFields.draftId && !editor.gSaveOperationInProgress);
editor.close();
"""
SEND = 'Services.wm.getMostRecentWindow("msgcompose").goDoCommand("cmd_sendNow");'


class Thunderbird:
    """One agent's Thunderbird; `with Thunderbird(stage) as client:`."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._profile = Path(tempfile.mkdtemp(prefix="fr-thunderbird-"))
        (self._port,) = free_ports(1)
        house = stage.house
        settings = SETTINGS | {
            "mail.server.server1.port": house.imap_port,
            "mail.server.server1.userName": house.user,
            "mail.smtpserver.smtp1.port": house.sink.port,
            "mail.smtpserver.smtp1.username": house.user,
            "marionette.port": self._port,
        }
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in settings.items()]
        (self._profile / "user.js").write_text("".join(lines))
        self._asked = 0

    def __enter__(self) -> Self:
        with (self._profile / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [
                    *("thunderbird", "--headless", "--no-remote", "--profile", str(self._profile)),
                    *("--marionette", "--remote-allow-system-access"),
                ],
                env={
                    **os.environ,
                    "HOME": str(self._profile),
                    "MOZ_HEADLESS_WIDTH": SIZE[0],
                    "MOZ_HEADLESS_HEIGHT": SIZE[1],
                },
                stdout=log,
                stderr=log,
            )
        self._socket = until(self._connected, "Thunderbird's remote control")
        self._answers = self._socket.makefile("rb")
        self._read()
        self._do("WebDriver:NewSession", capabilities={})
        self._do("Marionette:SetContext", value="chrome")
        self._run(LOGIN, HOST, self.stage.house.user, PASSWORD)
        return self

    def __exit__(self, *_: object) -> None:
        self._answers.close()
        self._socket.close()
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self._profile, ignore_errors=True)

    # ---- what an agent does --------------------------------------------------------------------

    def read(self, folder: str, words: str) -> None:
        """Open a folder and the first mail in it in whose subject the words stand."""
        self._run(SHOW, folder)
        self._run(READ, words)

    def move(self, words: str, target: str) -> None:
        """Drag a mail of the open folder into another."""
        self._run(MOVE, words, target)
        until(lambda: self.stage.house.mails(target), f"the mail in {target}")

    def undo(self) -> None:
        """Ctrl+Z."""
        self._run(UNDO)

    def edit_as_new(self, changes: dict[str, str], height: int = 500) -> Box:
        """Edit the mail that is shown as new, with other words for some; where the button "Send" is."""
        box: Box = self._run(EDIT_AS_NEW, changes, height)
        return box

    def save(self) -> None:
        """Save as a draft, and close the editor."""
        self._run(SAVE)
        until(lambda: self.stage.house.mails("Drafts"), "the copy in Drafts")

    def send(self) -> None:
        """Press Send."""
        self._run(SEND)
        until(lambda: self.stage.house.mails("Sent"), "the copy in Sent")

    # ---- what can be seen ----------------------------------------------------------------------

    def where(self, folder: str) -> Box:
        """Where a folder is in the list of folders."""
        box: Box = self._run(WHERE, folder)
        return box

    def whom(self, words: str) -> Box:
        """Where the list says to whom a mail goes."""
        box: Box = self._run(WHOM, words)
        return box

    def picture(self) -> bytes:
        """The newest window, as a PNG."""
        first, *others = self._do("WebDriver:GetWindowHandles")
        self._do("WebDriver:SwitchToWindow", handle=[first, *others][-1])
        shot = self._do("WebDriver:TakeScreenshot", full=False)["value"]
        self._do("WebDriver:SwitchToWindow", handle=first)
        return base64.b64decode(shot)

    # ---- the remote control --------------------------------------------------------------------

    def _connected(self) -> socket.socket | None:
        try:
            return socket.create_connection((HOST, self._port), timeout=60)
        except OSError:
            return None

    def _read(self) -> Any:  # noqa: ANN401  JSON
        digits = b""
        while (octet := self._answers.read(1)) != b":":
            assert octet, (self._profile / "log").read_text(errors="replace")[-2000:]
            digits += octet
        return json.loads(self._answers.read(int(digits)))

    def _do(self, command: str, **values: object) -> Any:  # noqa: ANN401  JSON
        self._asked += 1
        order = json.dumps([0, self._asked, command, values]).encode()
        self._socket.sendall(b"%d:%s" % (len(order), order))
        _, _, error, answer = self._read()
        assert error is None, error
        return answer

    def _run(self, script: str, *given: object) -> Any:  # noqa: ANN401  JSON
        answer = self._do("WebDriver:ExecuteAsyncScript", script=BEGIN + script + END, args=list(given))[
            "value"
        ]
        assert not (isinstance(answer, dict) and "error" in answer), answer
        return answer
