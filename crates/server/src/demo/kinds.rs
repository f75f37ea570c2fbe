//! What can be done at the counters of the invented city, with how it is done.

/// An item with the guide to it.
pub(super) struct Kind {
    /// The kind of unit that does it, the end of the unit's code.
    pub(super) unit: &'static str,
    pub(super) name: &'static str,
    /// Who may apply.
    pub(super) who: &'static str,
    /// What to bring, each on its own, parted by `；`.
    pub(super) bring: &'static str,
    /// How many working days it takes; none where it is done at once.
    pub(super) days: u8,
    /// What it costs; empty where it costs nothing.
    pub(super) fee: &'static str,
}

const fn kind(
    unit: &'static str,
    name: &'static str,
    who: &'static str,
    bring: &'static str,
    days: u8,
    fee: &'static str,
) -> Kind {
    Kind { unit, name, who, bring, days, fee }
}

const RESIDENT: &str = "具有本州户籍或者居住证的居民";
const ANYONE: &str = "年满16周岁的中国公民";
const COMPANY: &str = "在本州登记注册的企业";
const OWNER: &str = "权利人双方，或者其委托代理人";

/// The first twenty are those of the small city, in its order; the last two only counties do.
pub(super) const KINDS: [Kind; 42] = [
    kind("rs", "社会保障卡申领", RESIDENT, "居民身份证；近期免冠证件照一张", 0, ""),
    kind("rs", "企业职工基本养老保险关系转移接续", "在本州参保的企业职工", "居民身份证；转出地参保缴费凭证", 15, ""),
    kind("rs", "失业保险金申领", "非因本人意愿中断就业的参保职工", "居民身份证或者社会保障卡；解除劳动关系的证明", 5, ""),
    kind("rs", "工伤认定申请", "用人单位，或者受伤职工及其近亲属", "工伤认定申请表；劳动合同；医疗诊断证明；受伤害职工身份证", 20, ""),
    kind("ga", "居民身份证换领", ANYONE, "原居民身份证；户口簿", 15, "工本费20元"),
    kind("ga", "户口迁移", "符合迁入条件的居民", "居民身份证；户口簿；合法稳定住所证明；迁移申请", 7, ""),
    kind("ga", "普通护照签发", ANYONE, "居民身份证；近期证件照；未满16周岁的须监护人陪同", 7, "工本费120元"),
    kind("ga", "居住证申领", "在本州居住满半年的外来人员", "居民身份证；居住证明；近期证件照", 15, ""),
    kind("sc", "个体工商户设立登记", "有经营能力的公民", "登记申请书；经营者身份证；经营场所使用证明", 0, ""),
    kind("sc", "公司设立登记", "拟设立公司的股东或者发起人", "登记申请书；公司章程；股东身份证明；住所使用证明", 1, ""),
    kind("sc", "食品经营许可", COMPANY, "许可申请书；营业执照；场所布局图；食品安全管理制度", 10, ""),
    kind("sc", "特种设备使用登记", "特种设备的使用单位", "使用登记表；产品合格证；监督检验证明；营业执照", 5, ""),
    kind("zj", "公租房申请", "符合条件的住房困难家庭", "申请表；户口簿；家庭收入证明；住房情况声明", 20, ""),
    kind("zj", "建筑工程施工许可", "建设单位", "施工许可申请表；用地批准手续；施工图审查合格书；施工合同", 7, ""),
    kind("zj", "住房公积金提取", "缴存住房公积金的职工", "居民身份证；购房合同或者租赁备案证明；本人银行卡", 3, ""),
    kind("ws", "生育登记", "本州户籍或者常住的夫妻", "双方居民身份证；结婚证或者承诺书", 0, ""),
    kind("ws", "医疗机构执业登记", "已取得设置批准的医疗机构", "执业登记申请书；设置批准书；房屋使用证明；人员名录", 20, ""),
    kind("ws", "护士执业注册", "通过护士执业资格考试的人员", "注册申请表；居民身份证；学历证书；健康体检证明", 10, ""),
    kind("zr", "不动产转移登记", OWNER, "登记申请书；不动产权属证书；买卖合同；完税凭证；双方身份证明", 3, "住宅80元一件"),
    kind("zr", "不动产抵押登记", OWNER, "登记申请书；不动产权属证书；主债权合同和抵押合同；双方身份证明", 2, "住宅80元一件"),
    kind("mz", "结婚登记", "一方户籍在本州的男女双方", "双方居民身份证；双方户口簿；三张双方近期合影", 0, ""),
    kind("mz", "最低生活保障申请", "符合条件的困难家庭", "申请书；家庭收入和财产声明；户口簿", 20, ""),
    kind("mz", "老年人高龄津贴申领", "年满80周岁的本州户籍老人", "居民身份证；社会保障卡", 10, ""),
    kind("mz", "社会团体成立登记", "发起人", "成立登记申请书；章程草案；验资报告；住所证明", 30, ""),
    kind("mz", "残疾人两项补贴申领", "持有残疾人证的本州居民", "居民身份证；残疾人证；社会保障卡", 10, ""),
    kind("sw", "发票领用", COMPANY, "营业执照；经办人身份证", 0, ""),
    kind("sw", "一般纳税人登记", COMPANY, "登记表；营业执照", 0, ""),
    kind("sw", "契税申报", "承受土地、房屋权属的单位和个人", "纳税申报表；权属转移合同；居民身份证", 0, "按规定税率"),
    kind("sw", "税收完税证明开具", "纳税人", "居民身份证或者经办人身份证", 0, ""),
    kind("sw", "灵活就业人员社保费申报", "灵活就业的参保人员", "居民身份证", 0, ""),
    kind("jt", "义务教育阶段入学报名", "适龄儿童的监护人", "户口簿；居住证明；预防接种证", 15, ""),
    kind("jt", "中小学转学", "在籍学生的监护人", "转学申请表；户口簿；学籍证明", 5, ""),
    kind("jt", "教师资格认定", "符合条件的公民", "居民身份证；学历证书；普通话等级证书；体检合格证明", 30, ""),
    kind("jt", "民办培训机构办学许可", "举办者", "申请报告；章程；场所证明；教师资格名单", 20, ""),
    kind("jt", "高危险性体育项目经营许可", COMPANY, "申请书；场所平面图；安全制度；救助人员证书", 10, ""),
    kind("jy", "道路货物运输经营许可", COMPANY, "申请表；车辆清单；安全生产制度；驾驶员资格证", 10, ""),
    kind("jy", "道路运输证配发", COMPANY, "车辆行驶证；车辆技术等级评定", 3, ""),
    kind("jy", "驾驶员从业资格证换发", "持证驾驶员", "居民身份证；驾驶证；原从业资格证", 5, ""),
    kind("jy", "超限运输车辆通行许可", COMPANY, "申请表；车货照片；行驶路线；行驶证", 5, ""),
    kind("jy", "出租汽车车辆营运证核发", COMPANY, "申请表；车辆行驶证；保险单", 7, ""),
    kind("sp", "公共场所卫生许可", COMPANY, "许可申请表；场所平面图；卫生检测报告；从业人员健康证", 5, ""),
    kind("sp", "户外广告设置许可", COMPANY, "申请表；效果图；场地使用证明", 7, ""),
];

/// Whose counters counties have, and which of the kinds they do there.
pub(super) const COUNTY: [(&str, &[usize]); 6] = [
    ("rs", &[0, 1, 2]),
    ("ga", &[4, 5, 7]),
    ("sc", &[8, 9, 10]),
    ("mz", &[20, 21, 22]),
    ("zj", &[12, 14]),
    ("sp", &[40, 41]),
];

/// The steps to an item that is done at once, and to one that takes days.
pub(super) const AT_ONCE: [&str; 3] = ["取号，到窗口出示材料", "窗口当场核对并办理", "当场领取结果，可以当场评价"];
pub(super) const IN_DAYS: [&str; 5] = [
    "到窗口提交材料，或者先受理后补材料",
    "窗口核对，当场出具受理通知；材料不齐的一次告知",
    "承办单位审查，必要时现场核查",
    "作出决定，短信告知",
    "到窗口领取，或者选择快递送达",
];
