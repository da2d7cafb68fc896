// Labels in Chinese and English. A word that is not here is shown as it is.
const WORDS = {
  title: ["数字政协", "Digital CPPCC"], skip: ["跳到内容", "Skip to content"], search: ["搜索", "Search"], live: ["实时", "Live"],
  reports: ["报告", "Reports"], boards: ["板块", "Boards"], other_language: ["English", "中文"],
  rebuilding: ["正在重建", "rebuilding"], starting: ["正在启动", "starting"], stopping: ["正在停止", "stopping"], is_live: ["实时更新", "live"],
  kafka_away: ["Kafka 无响应，自", "Kafka away since"], lost: ["连接已断开，正在重连，自", "Connection lost, trying again, since"], resumed: ["连接已恢复", "Connection resumed"],
  refused: ["条无法读取的记录", "records could not be read"],
  live_told: ["新到的段落，最新的在前。", "Paragraphs as they come, the newest first."], skipped: ["段已略过，见报告列表", "paragraphs passed over; the reports have them"],
  none: ["暂无内容", "Nothing yet"], more: ["更多", "More"], csv: ["下载 CSV", "Download CSV"], filter: ["筛选", "Filter"], all: ["全部", "All"], total: ["共", "Total"],
  first: ["最早", "First"], latest: ["最近", "Latest"], count: ["条目", "Entries"], status: ["状态", "Status"], history: ["依据", "Evidence"],
  journey: ["段落的历程", "The paragraph's journey"], pushed: ["推送", "Pushed"], paragraph_topic: ["原始段落", "Paragraph record"], classified: ["分析结果", "Classified record"],
  version: ["分析版本", "Analysis version"], partition: ["分区", "partition"], offset: ["位移", "offset"], items: ["事件", "Items"], behind: ["见于", "Stands behind"],
  report: ["报告", "Report"], section: ["小节", "Section"], published: ["发布", "Published"], genre: ["体裁", "Genre"], source: ["来源", "Source"],
  paragraphs: ["段落", "Paragraphs"], kind: ["类型", "Kind"], text: ["原文", "Text"], details: ["说明", "Details"], what: ["事项", "What"],
  not_found: ["没有找到", "Nothing found"], failed: ["未能读取", "Could not be read"], retracted: ["已撤回", "retracted"], row: ["条目", "Row"], to_date: ["日期", "Date"],
  speech: ["讲话", "speech"], proposal: ["建议", "proposal"], statistic: ["数据", "statistic"], plan: ["计划", "plan"], other: ["其他", "other"],
  submitted: ["提出", "submitted"], named: ["提及", "named"], cosigned: ["联名", "co-signed"], filed: ["立案", "filed"], handling: ["办理", "in hand"], assigned: ["交办", "assigned"],
  replied: ["答复", "replied"], fulfilled: ["落实", "fulfilled"], unfulfilled: ["未落实", "not fulfilled"], planned: ["计划", "planned"], held: ["已举行", "held"],
  advised: ["已建议", "advised"], followed_up: ["有成果", "followed up"], rising: ["上升", "rising"], steady: ["平稳", "steady"], falling: ["下降", "falling"],
  absent: ["明确没有", "explicitly absent"], undated: ["未定期限", "undated"], open: ["待核", "open"], not_started: ["未开始", "not started"], in_progress: ["进行中", "in progress"],
  unclear: ["不明", "unclear"], missed: ["未达标", "missed"], met: ["达标", "met"], single: ["单一", "single"], agreed: ["一致", "agreed"], conflict: ["矛盾", "conflict"],
  member: ["委员", "member"], deputy: ["代表", "deputy"], totals: ["总数", "Totals"], kinds: ["段落类型", "Kinds of paragraphs"], genres: ["体裁", "Genres"], days: ["按日", "By day"],
  reports_by_day: ["每日报告", "Reports by day"], themes: ["主题", "Themes"], places: ["地区", "Places"], forms: ["形式", "Forms"], meetings: ["场次", "Meetings"], months: ["按月", "By month"], weeks: ["按周", "By week"],
  sessions: ["次数", "Sessions"], people: ["人次", "People"], years: ["年度", "Years"], most_active: ["最活跃", "Most active"], target: ["目标", "Target"], result: ["结果", "Result"],
  members: ["人数", "Members"], speeches: ["发言", "Speeches"], proposals: ["建议", "Proposals"], attended: ["参加", "Attended"], series: ["时间序列", "Over time"], reason: ["原因", "Reason"],
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
