"""Words that a page needs besides the reports' own: names, places, slogans, captions, credits, running heads."""

from random import Random

NAMES = (
    "许知微",
    "冯牧野",
    "尤清越",
    "苗夏",
    "阮听松",
    "邬晚晴",
    "席慕白",
    "鄢小舟",
    "乔鹿鸣",
    "钟离月",
    "施南乔",
    "席小满",
    "滕小满",
    "步青云",
    "孟秋实",
    "沈小筠",
    "葛树声",
    "祁若水",
    "郁长歌",
    "韦一诺",
    "楚天阔",
    "谷雨声",
    "庾朝晖",
    "展眉",
)
PLACES = ("云川市", "清和县", "霁川市", "临岚市", "苇泽县", "揽翠街道", "望津区", "栖禾县")
PAPERS = ("云川日报", "霁川晚报", "临岚时报", "清和报", "苇泽融媒")
DESKS = ("要 闻", "综 合", "特 别 报 道", "两 会 专 版", "民 生", "经 济")
SLOGANS = (
    ("凝心聚力开新局", "实干担当谱新篇"),
    ("同商量", "共担当"),
    ("深入一线察实情", "俯下身子办实事"),
    ("围绕中心建真言", "服务大局献良策"),
    ("把牢方向强根基", "政治建设展现新面貌"),
    ("聚焦产业抓项目", "县域经济跃上新台阶"),
    ("倾听民声解民忧", "基层协商结出新果实"),
    ("改进作风强本领", "履职能力得到新提升"),
    ("守住绿水青山", "做活生态文章"),
    ("补短板强弱项", "公共服务更加均衡"),
)
YEAR_SLOGANS = ("再出发 携手同心向未来", "再启程 以协商聚合力", "再加力 让好建议开花结果")
OPENERS = ("【写在前面】", "【开篇的话】", "【编者按】", "【核心提示】", "【新闻背景】")
TOPICS = (
    "让老街巷焕发新活力",
    "加快补齐乡村物流短板",
    "推进充电设施进小区",
    "办好家门口的托育园",
    "把闲置厂房用起来",
    "擦亮山水文旅名片 做活研学文章",
    "完善残疾人就业支持",
    "引导青年返乡创业 激活县域经济",
)
DOERS = ("政协组织委员", "政协委员", "人大代表", "志愿者", "政协机关干部", "医疗专家", "农技人员")
DEEDS = (
    "赴邻省考察先进装备产业，推动招商项目对接洽谈",
    "在产业园察看设备安装进度",
    "为群众义诊并讲解慢性病防治知识",
    "走访企业，了解订单和用工情况",
    "到茶园查看春茶长势，现场解答茶农提问",
    "在居民议事亭听取改造意见",
    "来到学校开展消防演练",
    "调研数字农业项目，与2023年返乡的青年座谈交流",
    "视察老旧小区加装电梯工程进展",
)
SCENES = ("会议现场", "第六届委员会第三次会议会场", "新落成的文化广场一角", "开工不久的产业园全景")
CREDITS = ("（资料图片）", "(资料图片）", "(资料图片)", "（本报记者 {name} 摄）", "{name} 摄", "（通讯员 {name} 摄）")
MARKS = ("\uef00", "\uf000", "\uf405", "\u279d", "\u279d", "\u25b2", "\u25b6", "\uef10\u279d")
"""What stands before a caption; a font that every Chromium machine has gives the private-use ones a shape."""


def caption(rng: Random) -> str:
    """A caption, a sentence or a bare label."""
    place = rng.choice(PLACES)
    if rng.random() < 0.3:
        return f"{place}{rng.choice(SCENES)}。"
    return f"{place}{rng.choice(DOERS)}{rng.choice(DEEDS)}。"


def credit(rng: Random) -> str:
    """The line that says where a picture is from, sometimes with brackets that do not match."""
    return rng.choice(CREDITS).format(name=rng.choice(NAMES))


def byline(rng: Random) -> str:
    """The line that names the writers."""
    names = " ".join(rng.sample(NAMES, rng.randint(1, 3)))
    kind = rng.choice(("本报记者", "本报记者", "本 报 记 者", "通讯员", "记者"))
    return f"{kind} {names}"


def dateline(rng: Random) -> str:
    """What a report's first paragraph may begin with."""
    place, (name, other) = rng.choice(PLACES)[:2], rng.sample(NAMES, 2)
    day = f"{rng.randint(1, 12)}月{rng.randint(1, 28)}日"
    return rng.choice(
        (f"本报讯（记者 {name}）", f"本报{place}{day}电 ", f"本报讯（记者 {name} 通讯员 {other}）", f"{day}，")
    )


def running_heads(rng: Random, page: int) -> tuple[str, ...]:
    """The pieces of a page's top margin: paper, day, desk, page number, editors; no block of the truth."""
    day = f"{rng.randint(2023, 2025)}年{rng.randint(1, 12)}月{rng.randint(1, 28)}日"
    number = rng.choice((f"{page:02d}", f"{page}", f"第{page}版", f"{page:02d}版"))
    week = "星期" + rng.choice("一二三四五六日")
    editors = f"责任编辑：{rng.choice(NAMES)} 美编：{rng.choice(NAMES)}"
    pieces = [number, rng.choice(DESKS), f"{day} {week}", rng.choice(PAPERS)]
    if rng.random() < 0.5:
        pieces.append(editors)
    rng.shuffle(pieces)
    return tuple(pieces)
