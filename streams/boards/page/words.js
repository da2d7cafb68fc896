// Labels in Chinese and English. A word that is not here is shown as it is.
const WORDS = {
  title: ["数字政协", "Digital CPPCC"], skip: ["跳到内容", "Skip to content"], search: ["搜索", "Search"], live: ["实时", "Live"],
  reports: ["报告", "Reports"], boards: ["板块", "Boards"], other_language: ["English", "中文"],
  rebuilding: ["正在重建", "rebuilding"], starting: ["正在启动", "starting"], stopping: ["正在停止", "stopping"], is_live: ["实时更新", "live"],
  standstill: ["停滞：有记录待处理", "Standing still: records wait"],
  kafka_away: ["Kafka 无响应，自", "Kafka away since"], lost: ["连接已断开，正在重连，自", "Connection lost, trying again, since"], resumed: ["连接已恢复", "Connection resumed"],
  unreadable: ["条无法读取的记录", "records could not be read"],
  live_told: ["报告推送后，段落即时出现在这里，最新的在前。下划线标出其中的讲话、建议、数据和计划；点击类型可显示或隐藏。", "Paragraphs appear here as reports are pushed, the newest first. Lines mark the speeches, proposals, figures and plans in them; the buttons show or hide a kind."],
  skipped: ["段已略过，见报告列表", "paragraphs passed over; the reports have them"],
  about_platform: ["每一份报告：体裁、地区，以及其中各类段落的数量。", "Every report: its genre and place, and how many paragraphs of each kind it has."],
  about_proposals: ["谁提出了什么，走到了哪一步：提出、立案、交办、答复、落实。报告没有写明的环节标为“未见记载”，不作推测。", "Who proposed what, and how far it came: submitted, filed, assigned, replied, fulfilled. Steps that no report tells of are marked, never guessed."],
  about_consultations: ["专题议政、双月协商、座谈和调研：议题、参加人，以及后来的成果。", "Consultations and inspections: topic, participants, and what came of them."],
  about_opinion: ["哪里在反映什么，是多了还是少了。", "Which concerns are raised where, and whether they rise or fall."],
  about_study: ["集体学习、培训、讲座和读书：场次、人数和主题。", "Study sessions, trainings, talks and reading: how many, with whom, about what."],
  about_members: ["每位委员和代表：发言、提案建议、参加会议活动。同名者按职务和报告分开。", "Each member and deputy: speeches, proposals, meetings attended. Namesakes are kept apart by office and report."],
  about_plans: ["定下的目标，以及后来的数据说它达到了没有。", "Targets that were set, and what later figures say of them."],
  about_figures: ["同一地区同一指标的历次数据；说法不一的并排列出。", "The figures of each metric of a place over time; those that disagree stand side by side."],
  about_reports: ["已读入的报告，最近有新段落的在前。", "The reports that were read, those with the newest paragraphs first."],
  none: ["暂无内容", "Nothing yet"], none_pushed: ["还没有段落。用 report-streams push 推送报告，它们会出现在这里。", "No paragraphs yet. Push reports with `report-streams push`, and they appear here."],
  more: ["更多", "More"], csv: ["下载 CSV", "Download CSV"], filter: ["筛选", "Filter"], clear: ["清除筛选", "Clear"], all: ["全部", "All"], total: ["共", "Total"], title_holds: ["标题包含", "Title holds"],
  first: ["最早", "First"], latest: ["最近", "Latest"], count: ["场次", "count"], status: ["状态", "Status"], history: ["依据", "Evidence"], evidence: ["依据", "evidence"], changes: ["状态变化", "Changes"],
  chain: ["办理环节", "Steps of the motion"], gap: ["未见记载", "not told of"], not_yet: ["尚未", "not yet"], why_told: ["鼠标停在着色处，或用 Tab 键移到那里，可看到理由。", "Point at a marked passage, or reach it by Tab, to read the reason."],
  journey: ["来历", "Journey"], pushed: ["推送", "Pushed"], paragraph_topic: ["原始段落", "Paragraph record"], classified: ["分析结果", "Classified record"],
  version: ["分析版本", "Analysis version"], partition: ["分区", "partition"], offset: ["位移", "offset"], items: ["其中的内容", "What is in it"], behind: ["支撑的条目", "Stands behind"],
  report: ["报告", "Report"], section: ["小节", "Section"], published: ["发布", "Published"], genre: ["体裁", "Genre"], source: ["来源", "Source"],
  paragraphs: ["段", "paragraphs"], paragraph: ["段落", "paragraph"], row: ["条目", "Row"], words_sought: ["按词查找：", "Words sought:"], rest: ["其他", "others"],
  not_found: ["没有找到", "Nothing found"], failed: ["未能读取", "Could not be read"], retracted: ["已撤回", "retracted"], yes: ["是", "yes"], no: ["否", "no"], key: ["重点提案", "Key motions"],
  speech: ["讲话", "speech"], proposal: ["建议", "proposal"], statistic: ["数据", "statistic"], plan: ["计划", "plan"], other: ["其他", "other"],
  speaker: ["讲话人", "speaker"], role: ["身份", "role"], verb: ["动词", "verb"], direct: ["直接引语", "direct"], proposer: ["提出人", "proposer"], metric: ["指标", "metric"], value: ["数值", "value"], value_to: ["至", "to"], unit: ["单位", "unit"],
  qualifier: ["限定", "qualifier"], change: ["增减", "change"], period: ["时期", "period"], issuer: ["制定者", "issuer"], horizon: ["期限", "horizon"], targets: ["目标", "targets"], over: ["以上", "over"], under: ["以下", "under"], about: ["约", "about"], up: ["增长", "up"], down: ["下降", "down"],
  submitted: ["提出", "submitted"], proposed: ["提出", "proposed"], named: ["提及", "named"], cosigned: ["联名", "co-signed"], filed: ["立案", "filed"], assigned: ["交办", "assigned"], graded: ["办理类别", "graded"], rated: ["满意度", "rated"],
  replied: ["答复", "replied"], fulfilled: ["落实", "fulfilled"], unfulfilled: ["未落实", "not fulfilled"], refused: ["未立案", "not filed"], planned: ["计划", "planned"], held: ["已举行", "held"],
  advised: ["已建议", "advised"], followed_up: ["有成果", "followed up"], rising: ["上升", "rising"], steady: ["平稳", "steady"], falling: ["下降", "falling"], concern: ["反映", "concern"], point: ["发言要点", "point"], topic: ["议题", "topic"], meeting: ["会议", "meeting"], came_of_it: ["成果转化", "came of it"], advice: ["建议", "advice"],
  absent: ["明确不设", "explicitly absent"], undated: ["未定期限", "undated"], open: ["待核", "open"], not_started: ["未开始", "not started"], in_progress: ["进行中", "in progress"],
  unclear: ["不明", "unclear"], missed: ["未达标", "missed"], met: ["达标", "met"], single: ["仅一次", "told once"], satisfied: ["满意", "satisfied"], mostly: ["基本满意", "mostly satisfied"], dissatisfied: ["不满意", "dissatisfied"], agreed: ["一致", "agreed"], conflict: ["说法不一", "conflict"], figure: ["数据", "figure"],
  level: ["水平", "level"], growth: ["增速", "growth"], member: ["委员", "member"], deputy: ["代表", "deputy"], totals: ["总数", "Totals"], kinds: ["段落类型", "Kinds of paragraphs"], genres: ["体裁", "Genres"], days: ["按日", "Paragraphs by day"],
  reports_by_day: ["每日报告", "Reports by day"], themes: ["主题", "Themes"], places: ["地区", "Places"], forms: ["形式", "Forms"], meetings: ["场次", "Meetings"], months: ["按月", "By month"], weeks: ["按周", "By week"],
  sessions: ["场次", "Sessions"], people: ["人次", "People"], years: ["按年度", "By year"], most_active: ["最活跃", "Most active"], target: ["目标", "Target"], result: ["结果", "Result"], target_result: ["目标与结果", "Target and result"],
  members: ["人", "members"], speeches: ["发言", "speeches"], proposals: ["建议", "proposals"], attended: ["参加", "attended"], series: ["时间序列", "Over time"], "未说明": ["未说明", "not told"],
};

let language = "zh";
try { language = localStorage.getItem("language") ?? (navigator.language.startsWith("zh") ? "zh" : "en"); } catch { /* a browser may keep nothing */ }
const index = () => (language === "zh" ? 0 : 1);

export const word = (name) => WORDS[name]?.[index()] ?? String(name);
export const label = word;
export const titleOf = (title) => title[language];
export const current = () => (language === "zh" ? "zh" : "en");
export function other() {
  language = language === "zh" ? "en" : "zh";
  try { localStorage.setItem("language", language); } catch { /* same */ }
}
