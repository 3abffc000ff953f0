"""Sentences with their translations, to see which languages a model brings together."""

ENGLISH_CHINESE = [
    (
        "A young wizard discovers his powers at a school of magic.",
        "一个年轻的巫师在魔法学校发现了自己的力量。",
    ),
    ("The dog sleeps in the garden.", "狗在花园里睡觉。"),
    ("Stock markets fell sharply on Monday.", "周一股市大幅下跌。"),
    ("Two brothers rob a bank to save their farm.", "两兄弟为了拯救自己的农场去抢银行。"),
    ("A robot is left alone on an empty Earth.", "一个机器人被独自留在空荡荡的地球上。"),
    ("The team won the final after extra time.", "球队在加时赛后赢得了决赛。"),
    (
        "A detective hunts a serial killer in a rainy city.",
        "一名侦探在阴雨连绵的城市里追捕连环杀手。",
    ),
    ("She fell in love with her best friend's husband.", "她爱上了她最好朋友的丈夫。"),
    ("The new museum opens its doors to visitors in May.", "新博物馆将于五月向游客开放。"),
    ("Astronauts travel through a wormhole to find a new home.", "宇航员穿越虫洞寻找新的家园。"),
    ("The soup needs more salt.", "汤里需要多放点盐。"),
    ("A retired boxer trains a girl from a poor family.", "一位退役拳击手训练一个穷人家的女孩。"),
    ("Scientists warn that the glaciers are melting faster.", "科学家警告说冰川正在加速融化。"),
    ("The king was murdered by his own brother.", "国王被自己的兄弟谋杀了。"),
    ("How much does a ticket to the concert cost?", "音乐会的门票多少钱？"),
    ("A family moves into a haunted house.", "一家人搬进了一座闹鬼的房子。"),
    ("The phone's battery lasts two days.", "这部手机的电池可以用两天。"),
    ("A group of soldiers is trapped behind enemy lines.", "一群士兵被困在敌军后方。"),
    ("The singer announced a world tour next summer.", "这位歌手宣布明年夏天举行世界巡演。"),
    ("An old man remembers the war.", "一位老人回忆起战争。"),
    ("The company will hire a thousand engineers.", "这家公司将招聘一千名工程师。"),
    ("A shark attacks swimmers at a beach.", "一条鲨鱼在海滩袭击游泳者。"),
    ("The train was two hours late because of the snow.", "火车因为下雪晚点了两个小时。"),
    ("A boy makes friends with an alien.", "一个男孩和外星人交上了朋友。"),
]

OTHERS = {
    "de": ["Der Hund schläft im Garten.", "Eine Familie zieht in ein Haus, in dem es spukt."],
    "fr": ["Le chien dort dans le jardin.", "Une famille emménage dans une maison hantée."],
    "es": ["El perro duerme en el jardín.", "Una familia se muda a una casa embrujada."],
    "ja": ["犬が庭で眠っています。", "ある家族が幽霊屋敷に引っ越す。"],
    "ru": ["Собака спит в саду.", "Семья переезжает в дом с привидениями."],
}
THEIRS = ["The dog sleeps in the garden.", "A family moves into a haunted house."]
