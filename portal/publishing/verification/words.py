# ruff: noqa: E501 - each sentence stands beside its translation
"""What the verifier says, in Chinese. English is the source; every sentence it can say stands here once.

The program runs on its own, away from the portal and its catalogues, so it carries its words with it.
"""

LANGUAGES = ("en", "zh")

CHINESE = {
    "Entry {n}: ": "第 {n} 条：",
    # what can be wrong with the log
    "it is missing, but the signed head covers it.": "该条缺失，但已签名的日志头包含它。",
    "it is gone: {before} entries were signed before, now {now}.": "该条已消失：先前签名时有 {before} 条，现在只有 {now} 条。",
    "it is shown, but the newest signed head does not cover it.": "该条被展示，但最新的签名日志头不包含它。",
    "its chunk {sha256} is missing.": "其数据块 {sha256} 缺失。",
    "its chunk is not what it names ({fault}).": "其数据块与所列地址不符（{fault}）。",
    "its document cannot be read ({fault}).": "其文档无法读取（{fault}）。",
    "its document says that it is entry {n} of {origin}.": "其文档自称是 {origin} 的第 {n} 条。",
    "it is dated before the entry in front of it.": "其时间早于前一条。",
    "statement {at} {fault}.": "第 {at} 项陈述有误（{fault}）。",
    "its statement about a key cannot be: it {fault}.": "其关于密钥的陈述不成立（{fault}）。",
    "the text {digest} is missing and no act withdrew it.": "文本 {digest} 缺失，且没有任何行为将其撤回。",
    "the text {digest} is not the one that was published.": "文本 {digest} 与当初发布的不同。",
    "the text {digest} is given as withdrawn by act {edition}, which says no such thing.": (
        "文本 {digest} 被称为由第 {edition} 条撤回，但该条并无此内容。"
    ),
    "it withdrew the text {digest}, which is still given.": "该条撤回了文本 {digest}，但该文本仍在提供。",
    "the head that was signed after it is missing.": "该条之后签名的日志头缺失。",
    "the head that was signed after it does not open with the log's keys ({fault}).": (
        "该条之后签名的日志头无法用日志密钥验证（{fault}）。"
    ),
    "the newest signed head does not open with the log's keys ({fault}).": (
        "最新的签名日志头无法用日志密钥验证（{fault}）。"
    ),
    "it is not what was signed: the entries up to here do not give the signed root.": (
        "与当初签名的不同：到此为止的各条算不出已签名的根哈希。"
    ),
    "the entries up to here do not give the root of the newest signed head.": (
        "到此为止的各条算不出最新日志头中的根哈希。"
    ),
    "another history was signed before: up to here it differs from the one remembered.": (
        "先前签名的是另一段历史：到此为止与所记住的不同。"
    ),
    "another history was signed before: here it parts from the one remembered.": "先前签名的是另一段历史：从这一条起与所记住的不同。",
    "there is no signed head, or no key to check it with.": "没有签名的日志头，或没有可用于验证的密钥。",
    "the log is signed by another key than the one you know.": "该日志由另一把密钥签名，不是您所知的那把。",
    "the key cannot be used: {fault}.": "该密钥无法使用（{fault}）。",
    "the remembered head does not open with its key ({fault}).": "所记住的日志头无法用其密钥验证（{fault}）。",
    "this is the log {new}, not {old}, which was remembered.": "这是日志 {new}，不是所记住的 {old}。",
    "the remembered head is not one of a log.": "所记住的不是一个日志头。",
    # what can be wrong beside it
    "{file} of edition {edition} is not served.": "第 {edition} 版的 {file} 没有提供。",
    "{file} of edition {edition} differs from the log in line {line}: the log gives {expected}, the file {served}.": (
        "第 {edition} 版的 {file} 在第 {line} 行与日志不同：日志为 {expected}，文件为 {served}。"
    ),
    # what bodies handed in
    "the figure {figure} says that act {n} handed it in, but no act did.": (
        "数据 {figure} 称由第 {n} 条报送，但没有任何一条报送过它。"
    ),
    "the figure {figure} says that act {n} handed it in, but the last to do so is act {last}.": (
        "数据 {figure} 称由第 {n} 条报送，但最后一次报送是第 {last} 条。"
    ),
    "the figure {figure} shows what was handed in for another figure, or another time.": (
        "数据 {figure} 所示的报送内容属于另一项数据或另一次报送。"
    ),
    "the value shown as handed in for {figure} is not the one that act {n} committed to.": (
        "数据 {figure} 所示的报送值与第 {n} 条所承诺的不符。"
    ),
    "the database shows it, but the newest signed head does not cover it.": "数据库展示了该条，但最新的签名日志头不包含它。",
    "SHA256SUMS of edition {edition} is not signed by a key that the log announced ({fault}).": "第 {edition} 版的 SHA256SUMS 未由日志公布的密钥签名（{fault}）。",
    "SHA256SUMS of edition {edition} is a list of another edition or log.": "第 {edition} 版的 SHA256SUMS 属于另一版次或另一日志。",
    "SHA256SUMS of edition {edition} gives another digest of {file} than the log.": "第 {edition} 版的 SHA256SUMS 中 {file} 的摘要与日志不同。",
    "the database shows something else than its statement {at}, {what}.": "数据库所示与其第 {at} 项陈述（{what}）不同。",
    "the database shows {rows} statements instead of {expected}.": "数据库显示 {rows} 项陈述，应为 {expected} 项。",
    "the database gives its act another edition, kind or time.": "数据库中该行为的版次、种类或时间不同。",
    "the database gives its act other chunks.": "数据库中该行为的数据块不同。",
    "the database keeps another leaf hash, act or time for it.": "数据库中该条的叶哈希、行为或时间不同。",
    "the database keeps another hash for node {level}/{idx}.": "数据库中节点 {level}/{idx} 的哈希不同。",
    "the database lacks hashes in front of it.": "数据库缺少该条之前的哈希。",
    "the database has hashes that belong to no entry, or lacks some.": "数据库有不属于任何条目的哈希，或缺少哈希。",
    "the file under var/log/entries is missing or another.": "var/log/entries 下的文件缺失或不同。",
    "the file under var/log/chunks of {sha256} is missing or another.": (
        "var/log/chunks 下的文件 {sha256} 缺失或不同。"
    ),
    # proofs of publication
    "the entries about keys are not in order, or not proven by the head after each.": "关于密钥的各条顺序不对，或未由其后的日志头证明。",
    "the chunk has no such line.": "数据块中没有这一行。",
    "the chunk is not one that the entry names.": "该数据块不是该条所列的。",
    "the proof does not lead from the entry to the signed head.": "证明不能从该条通到已签名的日志头。",
    # proofs of filing
    "the line is not the root of a day's reports.": "该行不是某日举报的根哈希。",
    "the path is not one through a tree of filings.": "该路径不属于举报回执的哈希树。",
    "the report is not in the tree whose root this entry published.": "该举报不在本条所公布根哈希的树中。",
    "the report's file is not the one that was filed.": "举报文件与当初提交的不同。",
    # what was found
    "FAILED. {why}": "未通过。{why}",
    "Not checked: {why}": "未核验：{why}",
    "The log is empty: nothing was published yet.": "日志为空：尚未发布任何内容。",
    "The log {origin} holds: {size} entries, root {root}.": "日志 {origin} 通过核验：{size} 条，根哈希 {root}。",
    "Key: {key}": "密钥：{key}",
    "Rebuilt from the log alone, and the same as served: {files}.": "仅凭日志重建，与所提供的文件一致：{files}。",
    "SHA256SUMS gives the same digests, signed by a key that the log announced.": "SHA256SUMS 所列摘要相同，由日志公布的密钥签名。",
    "SHA256SUMS gives the same digests; the log has not announced the key that signs it.": "SHA256SUMS 所列摘要相同；日志尚未公布为其签名的密钥。",
    "Withdrawn by act {edition}: the text {digest}.": "由第 {edition} 条撤回：文本 {digest}。",
    "Entry {entry} announced a key that waits: {key}": "第 {entry} 条公布了备用密钥：{key}",
    "Entry {entry} announced a new key: {key}": "第 {entry} 条公布了新密钥：{key}",
    "Entry {entry} retired the key {key}": "第 {entry} 条停用了密钥 {key}",
    "Entry {entry} declared the key {key} lost: the key that waited signs in its place.": "第 {entry} 条宣布密钥 {key} 遗失：由备用密钥代为签名。",
    "Entry {entry}, key of the files, {state}: {key}": "第 {entry} 条，文件密钥（{state}）：{key}",
    "Not understood by this version, only hashed: {kinds}. A newer one is at /verify.": "本版本不理解、只核对了哈希的内容：{kinds}。新版本见 /verify。",
    "Not decided, because of what is not understood: {files}.": "因有不理解的内容，未能判定：{files}。",
    "It extends what {file} remembered.": "它延续了 {file} 所记住的日志。",
    "Remembered in {file}.": "已记入 {file}。",
    "This cannot tell whether newer entries were cut off, or whether others are shown another log: keep what was found now with --remember FILE, and check against it next time.": "这无法判断较新的条目是否被截去，也无法判断他人看到的是否为另一份日志：请用 --remember FILE 记住本次结果，下次与之对照。",
    "{body} · {indicator} · {period}": "{body} · {indicator} · {period}",
    "actual": "实际完成值",
    "target": "目标值",
    "numerator": "分子",
    "denominator": "分母",
    "obs_status": "数值状态",
    "  note: {note}": "  备注：{note}",
    "  its note was withdrawn by act {edition}": "  其备注已由第 {edition} 条撤回",
    "Published in entry {n} of the log {origin}, appended {at}. Every hash and signature holds.": "发布于日志 {origin} 第 {n} 条，追加时间 {at}。所有哈希与签名均成立。",
    "A report was filed before {day}.": "一份举报已在 {day} 之前提交。",
    "The report's file is exactly the one that was filed.": "举报文件与提交时完全一致。",
    "It shows no word of the report. Give the report's file with --report to check that too.": "本证明不含举报的任何内容。如需一并核验，请用 --report 给出举报文件。",
    "Its root {root} stands in entry {n} of the log {origin}, appended {at}. Every hash and signature holds.": "其根哈希 {root} 载于日志 {origin} 第 {n} 条，追加时间 {at}。所有哈希与签名均成立。",
    "The key comes from the file itself: compare it with one noted elsewhere, or give it with --key.": "密钥来自该文件本身：请与别处记下的密钥对照，或用 --key 给出。",
    "A file cannot show whether the figure was corrected later: for that, check the portal itself.": "单个文件不能说明该数值后来是否更正：请核验门户本身。",
    # how it is used
    "Check a portal's log of publications, a proof of publication, or a proof of filing.": "核验门户的发布日志、发布证明或举报回执。",
    "with a proof of filing: the report's own file, to show that it is the one that was filed": "与举报回执一同使用：举报文件本身，用于证明它就是所提交的那份",
    "the address of a portal, or a proof file": "门户网址，或证明文件",
    "the log's public key, if you know it from elsewhere": "日志公钥（如您从别处得知）",
    "check against FILE, then remember there": "与 FILE 对照，然后记入其中",
    "the language of the answer": "输出语言",
    "Ends with 0 when all holds, 1 when something does not (the first bad entry is named), 2 when it could not be read, 3 when all signatures and hashes hold but this program is too old to rebuild every file.": "退出码：0 全部成立；1 有不成立之处（指出第一条）；2 无法读取；3 签名与哈希均成立，但本程序过旧，未能重建所有文件。",
}


def translated(sentence: str, lang: str) -> str:
    """A sentence, its {placeholders} still open, in `lang`; English for any language but Chinese."""
    return CHINESE.get(sentence, sentence) if lang == "zh" else sentence
