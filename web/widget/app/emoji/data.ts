// The emoji that are used most, with the English words that find them. A group is a line: emoji and words, by turns.
// Screen readers know what each is called in the reader's own language.
export const GROUPS = {
  emojiFaces:
    '😀 grin smile happy|😃 smile happy|😄 laugh smile happy|😁 grin beam|😆 laugh|😅 sweat relief|🤣 rofl laugh|😂 joy tears laugh|🙂 smile|🙃 upside down irony|😉 wink|😊 blush smile|😇 angel halo|🥰 love hearts|😍 love eyes|🤩 star wow|😘 kiss|😗 kiss|😚 kiss|😙 kiss|😋 yum tasty|😛 tongue|😜 wink tongue|🤪 crazy|😝 tongue|🤑 money|🤗 hug|🤭 oops giggle|🤫 quiet shh|🤔 think hmm|🤐 zip secret|🤨 doubt brow|😐 neutral|😑 blank|😶 silent|😏 smirk|😒 unamused|🙄 eyes roll|😬 grimace|😌 relieved calm|😔 sad pensive|😪 sleepy|😴 sleep|😷 mask ill|🤒 ill fever|🤕 hurt|🤢 sick|🤮 sick|🤧 sneeze cold|🥵 hot|🥶 cold freeze|😵 dizzy|🤯 mind blown wow|🤠 cowboy|🥳 party birthday|😎 cool sun|🤓 nerd|🧐 inspect|😕 confused|😟 worried|🙁 frown sad|😮 wow open|😯 hushed|😲 astonished|😳 flushed|🥺 please beg|😦 frown|😧 anguish|😨 fear|😰 anxious|😥 sad|😢 cry sad|😭 sob cry|😱 scream fear|😖 confounded|😣 persevere|😞 disappointed sad|😓 sweat|😩 weary tired|😫 tired|🥱 yawn bored|😤 huff|😡 angry red|😠 angry|🤬 swear angry|😈 devil|💀 skull dead|💩 poop|🤡 clown|👻 ghost|👽 alien|🤖 robot bot|😺 cat smile|😻 cat love|🙈 monkey see|🙉 monkey hear|🙊 monkey speak|👶 baby|🧒 child|👦 boy|👧 girl|🧑 person|👨 man|👩 woman|👴 grandfather|👵 grandmother|🤷 shrug|🤦 facepalm|🙋 raise hand|🙇 bow sorry|💁 help info|🙅 no|🙆 ok yes|👮 police|👷 worker|🧑‍💻 computer developer|🧑‍🍳 cook|🕵️ detective|🎅 santa christmas|🦸 hero|🏃 run|🚶 walk|💃 dance|👪 family',
  emojiHands:
    '👍 yes like thumb ok|👎 no dislike thumb|👌 ok perfect|✌️ victory peace|🤞 luck fingers|🤟 love you|🤘 rock|🤙 call|👈 left|👉 right|👆 up|👇 down|☝️ one up|✋ stop hand|🤚 hand|👋 hello wave bye|🤝 deal hands|🙏 please thanks pray|✍️ write|👏 clap bravo|🙌 hooray|🤲 palms|💪 strong muscle|👊 fist|✊ fist|👀 look eyes|👂 ear|🧠 brain|❤️ heart love red|🧡 heart orange|💛 heart yellow|💚 heart green|💙 heart blue|💜 heart purple|🖤 heart black|🤍 heart white|💔 broken heart|💕 hearts love|💖 heart sparkle|💘 heart arrow|💯 hundred perfect|💥 boom|💦 water|💨 fast wind|💬 speech chat|💭 thought|💤 sleep',
  emojiNature:
    '🐶 dog|🐱 cat|🐭 mouse|🐹 hamster|🐰 rabbit|🦊 fox|🐻 bear|🐼 panda|🐨 koala|🐯 tiger|🦁 lion|🐮 cow|🐷 pig|🐸 frog|🐵 monkey|🐔 chicken|🐧 penguin|🐦 bird|🦆 duck|🦉 owl|🦇 bat|🐺 wolf|🐴 horse|🦄 unicorn|🐝 bee|🦋 butterfly|🐌 snail|🐞 ladybug|🐢 turtle|🐍 snake|🐙 octopus|🐬 dolphin|🐳 whale|🦈 shark|🐟 fish|🐘 elephant|🦒 giraffe|🐾 paws|🌵 cactus|🎄 christmas tree|🌲 tree|🌳 tree|🌴 palm|🌱 plant seed|🌿 herb|🍀 luck clover|🍁 autumn leaf|🍂 autumn|🌷 tulip flower|🌹 rose flower|🌺 flower|🌻 sunflower|🌼 flower|🌸 blossom flower|💐 bouquet flowers|🌍 earth world|🌙 moon|⭐ star|🌟 star glow|✨ sparkles|⚡ lightning|🔥 fire hot|🌈 rainbow|☀️ sun|⛅ cloud sun|☁️ cloud|🌧️ rain|❄️ snow cold|⛄ snowman|💧 drop water|🌊 wave sea',
  emojiFood:
    '🍎 apple|🍐 pear|🍊 orange|🍋 lemon|🍌 banana|🍉 watermelon|🍇 grapes|🍓 strawberry|🍒 cherry|🍑 peach|🍍 pineapple|🥝 kiwi|🍅 tomato|🥑 avocado|🥦 broccoli|🥕 carrot|🌽 corn|🥔 potato|🍞 bread|🥐 croissant|🧀 cheese|🥚 egg|🥓 bacon|🍗 chicken|🍖 meat|🌭 hot dog|🍔 burger|🍟 fries|🍕 pizza|🌮 taco|🥗 salad|🍝 pasta|🍜 soup noodles|🍲 stew borscht|🍣 sushi|🍙 rice|🍦 ice cream|🍩 donut|🍪 cookie|🎂 birthday cake|🍰 cake|🍫 chocolate|🍬 candy|🍯 honey|☕ coffee|🍵 tea|🥤 drink|🍺 beer|🍻 cheers beer|🍷 wine|🥂 cheers|🍸 cocktail|🥛 milk|🍽️ plate dinner',
  emojiPlaces:
    '🚗 car|🚕 taxi|🚌 bus|🚓 police car|🚑 ambulance|🚒 fire engine|🚚 delivery truck|🚜 tractor|🏍️ motorcycle|🚲 bike|🛴 scooter|🚂 train|🚆 train|🚇 metro|✈️ plane flight|🚀 rocket launch|🚁 helicopter|⛵ boat|🚢 ship|⚓ anchor|🚦 traffic|⛽ fuel|🏠 home house|🏡 home garden|🏢 office|🏥 hospital|🏦 bank|🏨 hotel|🏪 shop|🏫 school|🏭 factory|⛪ church|🏰 castle|🏖️ beach|🏔️ mountain|⛺ tent camp|🌆 city|🗺️ map|🧳 luggage|⚽ football|🏀 basketball|🏐 volleyball|🎾 tennis|🏆 trophy win|🥇 gold medal|🎯 target goal|🎮 game|🎲 dice|🧩 puzzle|🎸 guitar|🎵 music|🎶 music|🎤 sing|🎧 headphones|🎬 film|🎨 art|🎭 theatre|🎉 party congratulations|🎊 party|🎈 balloon|🎁 gift present|🎟️ ticket',
  emojiThings:
    '📱 phone mobile|💻 laptop computer|⌨️ keyboard|🖥️ screen|🖨️ print|📷 photo camera|📹 video|📺 tv|☎️ phone|🔋 battery|🔌 plug|💡 idea light|🔦 torch|🕯️ candle|💰 money bag|💵 money|💳 card pay|💎 diamond|🔧 tool fix|🔨 hammer|⚙️ settings gear|🔑 key|🔒 lock|🔓 open lock|🛒 cart shop|🛍️ bags shop|📦 package parcel|✉️ mail letter|📧 email|📨 mail|📝 note write|📄 page document|📎 clip attach|📌 pin|📍 place pin|📅 calendar date|📈 up chart|📉 down chart|📊 chart|📚 books|📖 book read|✂️ scissors|🖊️ pen|🔍 search|⏰ alarm clock|⏳ hourglass wait|⌚ watch|🔔 bell|🔕 silent bell|📣 announce|💊 pill medicine|🧪 test|🧹 clean|🛏️ bed|🚪 door|🪑 chair|👕 shirt|👖 trousers|👗 dress|👟 shoe|👜 bag|🎓 graduate|👑 crown|💍 ring|👓 glasses|☂️ umbrella|✅ done check yes|☑️ check|✔️ check|❌ no cross|❎ cross|❓ question|❔ question|❗ important|‼️ important|⚠️ warning|🚫 forbidden no|⛔ stop|🆘 sos help|🆗 ok|🆕 new|🆓 free|🔝 top|♻️ recycle|🔄 again refresh|➕ plus|➖ minus|➡️ right arrow|⬅️ left arrow|⬆️ up arrow|⬇️ down arrow|🔴 red|🟠 orange|🟡 yellow|🟢 green|🔵 blue|🟣 purple|⚫ black|⚪ white|🏁 finish flag|🚩 flag|🏳️ flag white|🇺🇦 ukraine flag|🇪🇺 europe flag|🇬🇧 britain flag|🇺🇸 america flag|🇵🇱 poland flag|🇩🇪 germany flag|🇫🇷 france flag|🇪🇸 spain flag|🇮🇹 italy flag',
} as const;

/** An emoji and the words that find it. */
export interface Emoji {
  emoji: string;
  words: string;
}

export type Group = keyof typeof GROUPS;

/** The emoji of a group. */
export const ofGroup = (group: Group): Emoji[] =>
  GROUPS[group].split('|').map((entry) => {
    const at = entry.indexOf(' ');
    return { emoji: entry.slice(0, at), words: entry.slice(at + 1) };
  });

/** Those with a word that begins like what is looked for; all words of it must. */
export function find(all: Emoji[], wanted: string): Emoji[] {
  const parts = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  return all.filter(({ emoji, words }) => parts.every((part) => emoji === part || words.split(' ').some((word) => word.startsWith(part))));
}
