"""The words and sentences that generated articles are made of. In braces stands a kind of word, `noun` and so on."""

ENGLISH = {
    "noun": """account invoice payment plan order refund device password client project report message subscription card
        address team export file backup calendar contract receipt shipment parcel warehouse store campaign newsletter
        contact form template domain certificate server database key token permission role group workspace folder
        document signature comment task ticket queue label rule filter automation notification alert reminder meeting
        booking room seat licence upgrade trial discount coupon voucher price tax currency bank transfer deposit balance
        statement ledger budget expense salary payslip shift holiday absence timesheet employee manager candidate
        interview course lesson quiz grade student teacher class library book page chapter image video camera microphone
        speaker printer scanner keyboard screen battery charger cable router network connection tunnel proxy firewall
        browser extension bookmark history cookie session window shortcut dashboard chart column row formula sheet
        slide theme font colour logo layout menu button banner widget plugin webhook feed script query schema table
        record field index archive retention policy consent audit log incident outage region zone cluster container
        image-set deployment release branch commit pipeline build test environment variable secret limit quota usage
        metric threshold forecast supplier purchase delivery return exchange warranty repair spare-part manual catalogue
        variant bundle stock inventory shelf barcode label-printer till counter customer lead deal quote proposal
        territory partner commission referral survey answer question rating review badge profile avatar nickname
        language translation time-zone locale measure weight distance map route vehicle driver ticket-office platform
        passenger luggage visa insurance claim policyholder premium prescription appointment patient clinic laboratory
        sample result sensor valve pump heater thermostat meter reading tariff household tenant landlord lease""",
    "verb": """open change add remove send cancel download share restore move copy rename check confirm update import
        export print schedule assign merge split archive delete pause resume connect disconnect install renew approve
        reject review sign upload invite block unlock reset correct translate publish preview compare sort filter group
        track measure replace refresh validate duplicate convert attach forward collect hand-over count label""",
    "done": """opened changed added removed sent cancelled downloaded shared restored moved copied renamed checked
        confirmed updated imported exported printed scheduled assigned merged split archived deleted paused resumed
        connected disconnected installed renewed approved rejected reviewed signed uploaded invited blocked unlocked
        reset corrected translated published replaced refreshed validated duplicated converted attached forwarded""",
    "quality": """new old shared private active paused expired empty missing wrong double late early monthly yearly
        first second last default custom hidden visible public locked verified unpaid overdue partial temporary
        permanent automatic manual secure slow large small broken foreign local remote recurring open pending""",
    "place": """Settings Billing Payments Members Devices Privacy Reports Orders Inbox Projects Files Integrations
        Security Notifications Branding Exports History Teams Templates Domains Shipping Returns Taxes Calendar""",
    "when": """today later tomorrow monthly afterwards immediately twice overnight weekly again manually yearly first
        soon regularly once automatically meanwhile""",
    "person": "owner administrator colleague member guest accountant bookkeeper supervisor agent buyer seller visitor",
}

CHINESE = {
    "noun": """账户 发票 付款 套餐 订单 退款 设备 密码 客户 项目 报表 消息 订阅 银行卡 地址 团队
        文件 备份 日历 合同 收据 包裹 仓库 店铺 活动 邮件 联系人 表单 模板 域名 证书 服务器
        数据库 密钥 权限 角色 分组 文件夹 文档 签名 评论 任务 工单 队列 标签 规则 筛选条件
        通知 提醒 会议 预约 座位 许可证 试用期 折扣 优惠券 价格 税率 货币 转账 押金 余额
        对账单 预算 报销 工资单 班次 假期 员工 经理 课程 测验 成绩 学生 老师 图书 页面 章节
        图片 视频 摄像头 打印机 键盘 屏幕 电池 充电器 路由器 网络 浏览器 插件 书签 窗口 快捷键
        图表 公式 幻灯片 主题 字体 颜色 菜单 按钮 横幅 脚本 查询 字段 索引 归档 日志 故障
        区域 发布 分支 环境 变量 额度 用量 指标 供应商 采购 物流 换货 保修 维修 说明书 目录
        库存 条码 收银台 报价 合作伙伴 佣金 问卷 评分 头像 昵称 语言 时区 地图 路线 车辆 行李
        签证 保险 理赔 处方 门诊 样本 传感器 阀门 水泵 电表 读数 租约 房东 住户""",
    "verb": """打开 修改 添加 删除 发送 取消 下载 共享 恢复 移动 复制 重命名 检查 确认 更新 导入
        导出 打印 安排 分配 合并 拆分 归档 暂停 继续 连接 断开 安装 续费 批准 拒绝 审核 签署
        上传 邀请 屏蔽 解锁 重置 更正 翻译 预览 比较 排序 跟踪 替换 刷新""",
    "done": """已打开 已修改 已添加 已删除 已发送 已取消 已下载 已共享 已恢复 已复制 已确认 已更新
        已导入 已导出 已归档 已暂停 已连接""",
    "quality": """新的 旧的 共享的 私人的 过期的 空的 缺少的 错误的 重复的 按月的 按年的 默认的 隐藏的
        公开的 锁定的 未付的 临时的""",
    "place": """设置 账单 付款记录 成员 设备 隐私 报表 订单 收件箱 项目 文件 集成 安全 通知 品牌 导出
        历史 团队 模板 域名 物流 税务""",
    "when": "今天 稍后 明天 每月 之后 立即 再次 每周 手动 每年 定期 自动 同时 首次",
    "person": "所有者 管理员 同事 成员 访客 会计 主管 客服 买家 卖家",
}

ENGLISH_SENTENCES = """
Open **{place} > {place}** and choose the {quality} {noun}.
You can {verb} the {noun} as long as its {noun} is {quality}.
If the {noun} isn't {done} {when}, look at the {noun} under **{place}** and try again.
Only the {person} can {verb} a {quality} {noun}; the {person} sees that it was {done}.
A {noun} that was {done} before stays where it is, and its {noun} isn't touched.
With {name} connected, each {noun} is {done} {when}, usually within {number} minutes.
We keep the {quality} {noun} for {number} days, then it can't be {done} any more.
Error {code} means that the {noun} is {quality} or that the {noun} was {done} by someone else.
When you {verb} the {noun}, the {person} gets a message with the {noun} and the {noun}.
{name} and {name} treat a {quality} {noun} differently: one asks the {person}, the other doesn't.
Before you {verb} anything, {verb} the {noun} so that nothing is lost.
The {noun} shows how many times a {noun} was {done} and by which {person}.
It costs {number} euro for each {noun}, and nothing for a {quality} one.
Please don't {verb} the {noun} while the {noun} is being {done}.
Your {noun} belongs to one {noun} only, so a {quality} {noun} has to be {done} first.
Some of our customers {verb} the {noun} {when} and {verb} it once the {noun} has arrived.
On a phone, touch the {noun} and hold it until **{place}** appears, then {verb} the {noun}.
The {person} of the {noun} may {verb} up to {number} of them at the same time.
What happens to the {noun} after that depends on the {quality} {noun} and on what you agreed with {name}.
If you use {name}, sign in there as well and {verb} the {noun} under **{place}**.
It takes {number} working days until the {noun} is {done}, because {name} has to {verb} the {noun} by hand.
Nobody but you and the {person} can see the {quality} {noun}.
""".strip().split("\n")

CHINESE_SENTENCES = """
打开**{place} > {place}**，选择{quality}{noun}。
只要{noun}还是{quality}，你就可以{verb}这个{noun}。
如果{noun}没有{when}{verb}成功，请在**{place}**里查看{noun}，然后再试一次。
只有{person}可以{verb}{quality}{noun}，{person}会看到{noun}{done}。
之前{done}的{noun}不会变，对应的{noun}也不受影响。
连接{name}以后，每个{noun}会{when}{verb}，一般不超过 {number} 分钟。
{quality}{noun}保留 {number} 天，之后就不能再{verb}了。
错误 {code} 表示{noun}是{quality}，或者{noun}{done}。
你{verb}{noun}的时候，{person}会收到一条消息，里面有{noun}和{noun}。
{name}和{name}对{quality}{noun}的处理不一样：一个会询问{person}，另一个不会。
在{verb}之前，请先{verb}{noun}，以免丢失数据。
每个{noun}收费 {number} 元，{quality}{noun}不收费。
{noun}正在处理的时候，请不要{verb}{noun}。
在手机上按住{noun}，等到**{place}**出现，再{verb}{noun}。
{noun}的{person}最多可以同时{verb} {number} 个{noun}。
之后{noun}怎么处理，取决于{quality}{noun}以及你和{name}的约定。
大约需要 {number} 个工作日，因为{name}要手动{verb}{noun}。
""".strip().split("\n")

ENGLISH_TITLES = """
{Verb} a {quality} {noun} in {name}
Your {noun} was {done} {when}
{code}: the {noun} is {quality}
How to {verb} the {noun} of a {person}
Why a {quality} {noun} can't be {done}
{Verb} the {noun} and the {noun} together
What a {quality} {noun} means for your {noun}
{name}: {verb} each {noun} {when}
""".strip().split("\n")

CHINESE_TITLES = """
怎么在{name}里{verb}{quality}{noun}
{noun}{done}怎么办
{code}：{noun}是{quality}
如何{verb}{person}的{noun}
为什么{quality}{noun}不能{verb}
同时{verb}{noun}和{noun}
{name}：{when}{verb}每个{noun}
""".strip().split("\n")

SYLLABLES = "ba co da el fi gra ha in jo ka lu mar ne or pel qua ri so tal um ver wil xan yo zen bri cle dro fex gly"
"""Names of partners, products and services are put together from these."""
