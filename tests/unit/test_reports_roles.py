import pytest

from streams.reports.roles import role_of


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("一、2023年工作回顾", "heading"),
        ("政协委员孟秋实——给云川茶叶一条像样的加工线", "heading"),
        ("凝心聚力启新程，踔厉奋发向未来", "heading"),
        ("记者手记", "heading"),
        ("“稳就业 促增收”新闻发布会实录（节选）", "heading"),
        ("主要目标是：", "heading"),
        ("云川市统计局 2024年3月22日", "byline"),
        ("2024年1月9日 《云川日报》记者 许知微 冯牧野", "byline"),
        ("本报记者 李婷", "byline"),
        ("通讯员席小满", "byline"),
        ("（资料图片）", "credit"),
        ("(资料图片）", "credit"),
        ("宫小北 摄", "credit"),
        ("（本版图片均由市政协提供）", "credit"),
        ("上午9时，大会在国歌声中开始。", "body"),
        ("图为志愿者为老人盛汤。（通讯员 滕小满 摄）", "body"),
        ("地区生产总值增长6.5%左右", "body"),
        ("新增就业2万人", "body"),
        ("切实履行政治责任。市政协始终把政治建", "body"),
        ("该村党支部书记说：“过去香榧", "body"),
        ("一是抓产业，二是抓项目，三是抓民生，四是抓生态，五是抓作风", "body"),
        ("项目\t投资", "body"),
        ("***", "body"),
        ("会上，", "body"),
    ],
)
def test_role_of_a_line_that_stands_alone(text: str, role: str) -> None:
    assert role_of(text) == role
