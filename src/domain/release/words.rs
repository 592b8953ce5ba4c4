//! The words that release names are made of, in the languages that are read. Data; pure.
//!
//! Lower case, without accents, parted by commas; a phrase has spaces. The order does not matter.

use super::{
    NotABook::{Audio, Game, Video},
    Origin::{Fan, Official, Scan},
    SpecialKind::{Annual, Anthology, Artbook, Extra, Fanbook, Guidebook, HorsSerie, ShortStories},
    class::{Class, Format as F, Mark},
};
use crate::domain::{edition::Edition as E, language::Code};

/// What the words may mean.
pub const TABLE: &[(Class, &str)] = &[
    // Markers of volumes.
    (Class::Volume(Mark::Letter), "t, v, ｔ, т"),
    (
        Class::Volume(Mark::Word),
        "tome, tom, t0me, tme, tomme, toem, tmoe, vol, volume, volum, voume, bd nr, band, bd, bnd, tomo, deel, dl, том, turn, cilt, tankobon, เล่ม, เล่มที่",
    ),
    (
        Class::Volume(Mark::Plural),
        "tomes, toms, t0mes, vols, volumes, voll, volumi, volumen, volumenes, bande, baende, bde, tomos, delen, тома, томов, тт, albums",
    ),
    (Class::Volume(Mark::Behind), "巻, 卷, 冊, 册, 集, 권"),
    (
        Class::WeakVolume,
        "livre, book, album, libro, livro, buch, boek, книга, albo, opus, numero, uscita, kniha, выпуск, numeros, numeri, selezione",
    ),
    (Class::Ordinal, "第, 제"),
    (Class::All, "全, 전, 全套, 全集"),
    // Markers of chapters.
    (Class::Chapter(Mark::Letter), "c, ch, chp, cap, ep"),
    (
        Class::Chapter(Mark::Word),
        "chap, chapitre, chapter, chapitr, capitolo, capitulo, capitol, kapitel, kap, hoofdstuk, глава, episode, episodio, section, issue, prog, глав",
    ),
    (
        Class::Chapter(Mark::Plural),
        "chaps, chapitres, chapters, capitoli, capitulos, kapiteln, hoofdstukken, главы, episodes, issues",
    ),
    (
        Class::Chapter(Mark::Behind),
        "話, 话, 回, 章, 화, 회, 장, 편",
    ),
    (
        Class::Part,
        "part, partie, parte, teil, cycle, arc, act, acte, phase, часть, part., pt",
    ),
    (
        Class::Season,
        "saison, season, temporada, stagione, staffel, сезон",
    ),
    (Class::NumberSign, "n, no, nr, num, nro, number"),
    (
        Class::NumberWord(1),
        "un, premier, premiere, one, first, primo, prima, uno, erster, i er",
    ),
    (
        Class::NumberWord(2),
        "deux, second, seconde, deuxieme, two, secondo, seconda, due, dos, segundo, zwei, zweiter",
    ),
    (
        Class::NumberWord(3),
        "trois, troisieme, three, third, terzo, tre, tres, tercero, drei",
    ),
    (
        Class::NumberWord(4),
        "quatre, quatrieme, four, fourth, quarto, quattro, cuatro, vier",
    ),
    (
        Class::NumberWord(5),
        "cinq, cinquieme, five, fifth, quinto, cinque, cinco",
    ),
    (
        Class::NumberWord(6),
        "six, sixieme, sixth, sesto, sei, seis, sechs",
    ),
    (
        Class::NumberWord(7),
        "sept, septieme, seven, seventh, sette, siete, sieben",
    ),
    (
        Class::NumberWord(8),
        "huit, huitieme, eight, eighth, otto, ocho, acht",
    ),
    (
        Class::NumberWord(9),
        "neuf, neuvieme, nine, ninth, nove, nueve, neun",
    ),
    (
        Class::NumberWord(10),
        "dix, dixieme, ten, tenth, dieci, diez, zehn",
    ),
    (
        Class::Without,
        "manque, manquent, manquant, manquants, sauf, missing, except, fehlt, fehlen, falta, faltan, manca, mancano, sans, without, ohne, senza",
    ),
    // Between numbers.
    (
        Class::RangeWord,
        "a, ao, t m, au, aux, to, bis, al, ate, thru, through, until, до, по, jusqu a, jusqu au",
    ),
    (Class::ListWord, "et, and, und, y, e, en, и"),
    (Class::InOne, "in"),
    (Class::Of, "sur, of, di, von, из, van"),
    // Languages.
    (
        Class::Language(Code::of("fr")),
        "fr, french, francais, vf, vff, truefrench, frances, francese, franzosisch, mangafr, fra",
    ),
    (
        Class::Language(Code::of("en")),
        "eng, english, anglais, ingles, inglese",
    ),
    (
        Class::Language(Code::of("ja")),
        "jpn, jap, japonais, japanese, giapponese, japones",
    ),
    (
        Class::Language(Code::of("it")),
        "ita, italian, italiano, italien",
    ),
    (
        Class::Language(Code::of("de")),
        "german, deutsch, allemand, tedesco, aleman",
    ),
    (
        Class::Language(Code::of("es")),
        "esp, spanish, espanol, castellano, espagnol, spa, spagnolo",
    ),
    (
        Class::Language(Code::of("pt")),
        "portuguese, portugues, ptbr, pt br, portugais, brazilian, brasileiro, por",
    ),
    (
        Class::Language(Code::of("nl")),
        "dutch, nederlands, neerlandais",
    ),
    (
        Class::Language(Code::of("ko")),
        "korean, coreen, 한국어, kor",
    ),
    (
        Class::Language(Code::of("zh")),
        "chinese, chinois, 中文, 汉化, 漢化, 繁體, 简体, 中国翻訳",
    ),
    (
        Class::Language(Code::of("ru")),
        "russian, russe, русский, rus, рус",
    ),
    (Class::Language(Code::of("pl")), "polish, polski, polonais"),
    (Class::LooseLanguage(Code::of("en")), "en, gb, uk, us, va"),
    (
        Class::LooseLanguage(Code::of("ja")),
        "jp, ja, raw, raws, 日本語, 生",
    ),
    (Class::LooseLanguage(Code::of("it")), "it"),
    (Class::LooseLanguage(Code::of("de")), "de, ger, deu"),
    (Class::LooseLanguage(Code::of("es")), "es, lat, latino"),
    (Class::LooseLanguage(Code::of("pt")), "pt, br"),
    (Class::LooseLanguage(Code::of("nl")), "nl"),
    (Class::LooseLanguage(Code::of("ko")), "kr, ko"),
    (Class::LooseLanguage(Code::of("sv")), "sv"),
    (Class::LooseLanguage(Code::of("cs")), "cs, cz"),
    (Class::LooseLanguage(Code::of("tr")), "tr"),
    (Class::LooseLanguage(Code::of("zh")), "cn, zh, tw, chn"),
    (Class::LooseLanguage(Code::of("ru")), "ru"),
    (Class::LooseLanguage(Code::of("pl")), "pl"),
    // Formats.
    (Class::Format(F::Cbz), "cbz"),
    (Class::Format(F::Cbr), "cbr"),
    (Class::Format(F::Cb7), "cb7"),
    (Class::Format(F::Cbt), "cbt"),
    (Class::Format(F::Pdf), "pdf, pdfs"),
    (Class::Format(F::Epub), "epub, epubs"),
    (Class::Format(F::Mobi), "mobi"),
    (Class::Format(F::Azw3), "azw3"),
    (Class::Format(F::Jpg), "jpg, jpeg, jpegs"),
    (Class::Format(F::Png), "png"),
    (Class::Format(F::Webp), "webp"),
    (Class::Format(F::Rar), "rar"),
    (Class::Format(F::SevenZ), "7z"),
    (Class::Format(F::Zip), "zip"),
    // Origin.
    (Class::Digital, "digital, numerique, digitale, digital hd"),
    (
        Class::Origin(Official),
        "ebook, ebooks, ebook officiel, ebooks officiels, officiel, officiels, officielle, officielles, trad officielle, \
         e book, livre numerique, kindle, kobo, retail",
    ),
    (
        Class::Origin(Fan),
        "scantrad, scantrads, scan trad, non officiel, non officielle, non officiels, trad fan, fan trad, \
         fan made, fanmade, fan color, fan scan, unofficial, fansub",
    ),
    (
        Class::Origin(Scan),
        "scan sp, c2c, scan papier, papier, scan hd, scan hq",
    ),
    (Class::LooseOrigin(Fan), "fan, fans, fantrad, translated"),
    (Class::LooseOrigin(Scan), "scan, scans, scanned, scanner"),
    (Class::LooseOrigin(Official), "official"),
    (
        Class::Team(Fan),
        "team chromatique, mangastream, scanlation, scanlations, scans team",
    ),
    (Class::Team(Official), "printer"),
    // Editions.
    (
        Class::EditionWord,
        "edition, version, ed, editions, edicion, edizione, edicao, ausgabe, versione",
    ),
    (
        Class::Edition(E::Perfect),
        "perfect edition, edition perfect, perfect ed",
    ),
    (
        Class::Edition(E::Deluxe),
        "deluxe, de luxe, edition de luxe, deluxe edition, edition deluxe, edition luxe, luxus, luxe, edicion de lujo, edicao de luxo, de lujo",
    ),
    (
        Class::Edition(E::Double),
        "edition double, double edition, doppelband, volume double, doublevolume, tome double",
    ),
    (
        Class::Edition(E::Omnibus(None)),
        "omnibus, omnibus edition, sammelband, maxi edition",
    ),
    (
        Class::Edition(E::Colour),
        "en couleurs, en couleur, couleurs, full color, full colour, digital color edition, digital colored comics, digitale couleur, \
         edition couleur, edition couleurs, digital color, digital colored, full color edition, colored edition, colour edition, \
         color edition, version couleur, version couleurs, colorise, colorisee, a colori, a color, colored, edition couleur digital, \
         digital colour, フルカラー版, カラー版, colorized, coloured",
    ),
    (
        Class::Edition(E::Collector),
        "edition collector, collector edition, collectors edition, collector s edition",
    ),
    (
        Class::Edition(E::Original),
        "edition originale, original edition, edition original",
    ),
    (
        Class::Edition(E::New),
        "nouvelle edition, nouvelle ed, new edition, nuova edizione, nueva edicion, neue edition, 新装版",
    ),
    (
        Class::Edition(E::Colossal),
        "edition colossale, colossal edition, colossale",
    ),
    (
        Class::Edition(E::Ultimate),
        "version ultime, edition ultime, ultimate edition, edition ultimate, v ultime, ultimate version",
    ),
    (Class::Edition(E::Kanzenban), "kanzenban, 完全版, 완전판"),
    (Class::Edition(E::Star), "star edition, edition star"),
    (
        Class::Edition(E::Other),
        "black edition, edition hokage, master edition, edition anniversaire, edition speciale, special edition, anniversary edition, \
         edition limitee, limited edition, aizoban, bunko, bunkoban, 文庫版, 愛蔵版, edition prestige, edition j ai lu, edition spe, \
         silver edition, gold edition, max edition, edition max, edition grand format, big edition, \
         eternal edition, extreme edition, vizbig edition, fullmetal edition, edition immortelle, massiv, edition eternelle, edition poche",
    ),
    (Class::LooseEdition(E::Perfect), "perfect"),
    (Class::LooseEdition(E::Double), "double"),
    (
        Class::LooseEdition(E::Colour),
        "couleur, color, colour, colors",
    ),
    (Class::LooseEdition(E::Collector), "collector"),
    (Class::LooseEdition(E::Ultimate), "ultime, ultimate"),
    (Class::LooseEdition(E::Original), "originale"),
    (Class::LooseEdition(E::Star), "star"),
    (
        Class::Integrale,
        "integrale, integral, integrales, l integrale, edition integrale, integralle, integraal, int, integrales, intergrale",
    ),
    (
        Class::Complete,
        "complet, complete, complets, completa, completo, serie complete, histoire complete, serie finie, termine, terminee, fini, finie, \
         collection complete, 完, 完結, 完结, 완결, 완, complete series, komplett, vollstandig, compleet, serie completa, completed, \
         full set, полностью, complete collection, gesamtausgabe, tous les tomes, จบ",
    ),
    // Specials.
    (
        Class::Special(HorsSerie),
        "hs, hors serie, hors series, ths, fuori serie, fuoriserie, sonderband, sonderheft, h s, thors serie",
    ),
    (
        Class::Special(Artbook),
        "artbook, artbooks, art book, art books, art of, the art of, recueil d illustrations, illustrations, illustration book, \
         artworks, artwork, 画集, livre d illustrations, anime illustration, illustration, art works",
    ),
    (
        Class::Special(Guidebook),
        "guidebook, guidebooks, guide book, guide officiel, official guidebook, official guide, official guide book, databook, data book, \
         character book, characters book, official character book, character guide, fan book officiel, le guide officiel, \
         ガイドブック, review guidebook",
    ),
    (
        Class::Special(Fanbook),
        "fanbook, fan book, official fanbook, official fan book, ファンブック",
    ),
    (Class::Special(Annual), "annual, annuals"),
    (
        Class::Special(Anthology),
        "anthology, anthologie, official anthology, アンソロジー, antologia",
    ),
    (
        Class::Special(Extra),
        "omake, extras, bonus, special one shot, bonus chapter, extra chapter, bonus short story, chapitre bonus",
    ),
    (
        Class::Special(ShortStories),
        "ss, short stories, short story",
    ),
    (Class::LooseSpecial(Guidebook), "guide, encyclopedie"),
    (
        Class::LooseSpecial(Extra),
        "extra, special, specials, special chapter",
    ),
    (Class::LooseSpecial(HorsSerie), "speciale, speciali"),
    // What a release is called besides.
    (
        Class::Medium,
        "manga, mangas, bd, bds, comic, comics, manhwa, manhua, webtoon, webtoons, shonen, shojo, shoujo, seinen, josei, 漫画, 一般コミック, コミック, 만화, манга, bande dessinee, bandes dessinees, fumetti, fumetto, graphic novel, roman graphique, franco belge, strip, \
         comix, shounen, scans vf, комикс, комиксы",
    ),
    (
        Class::Noise,
        "t 411, ygg, yggtorrent, torr9, ebdz, cpasbien, torrent9, webrip, web dl, one shot, oneshot, hybrid, internal, hq, hd, compresse, compressed, lossless, upscale, upscaled, uncensored, non censure, sans censure, \
         ddl, liseuse, notag, no tag, proper retail, page simple, pages simples, pages doubles, pages simples doubles, mangaonline, \
         multi format, multi, tankobons, premium ver, paperback, ogn, gn",
    ),
    (
        Class::Box,
        "coffret, coffrets, box set, boxset, box sets, boxsets",
    ),
    (
        Class::Collected,
        "tpb, tradepaperback, trade paperback, hardcover, hc",
    ),
    (
        Class::Novel,
        "light novel, light novels, lightnovel, novel, novels, ln, lns, roman, romans, ライトノベル, 小説",
    ),
    (Class::Half(1), "上巻"),
    (Class::Half(2), "下巻"),
    (Class::Half(0), "上下巻"),
    (
        Class::LooseNoise,
        "vo, pc, switch, web, 未完, pack, noir blanc, n b, nb, part 1, tag, serie, series, premium, f, hyb, ultra, pages, simples, doubles, tablette, ebd, os, fin, mixed, various",
    ),
    (
        Class::Proper,
        "repack, proper, corrige, corriges, corrigee, correction, corrections, version corrigee, rerip, fixed, fix",
    ),
    (Class::Pixels, "px, u"),
    // No books.
    (
        Class::NotABook(Video),
        "1080p, 720p, 2160p, 480p, 576p, 1080i, x264, x265, h264, h265, hevc, bluray, blu ray, bdrip, brrip, dvdrip, hdtv, webdl, \
         vostfr, mkv, mp4, avi, vost, dvd, dvd9, dvd5, 10bit, 8bit, subfrench, av1, xvid, divx, web dl 1080p, softsub, hardsub, \
         opening, ending, vosta, amv, oav, trailer",
    ),
    (
        Class::NotABook(Audio),
        "flac, mp3, ost, bande originale, soundtrack, audiobook, audiobooks, m4b, m4a, aac, kbps, 320kbps, 128kbps, 64kbps, original soundtrack, livre audio, \
         discography, ogg, opus audio, drama cd, hi res, horbuch, audiolivre, 24bit, audiolibro, horspiel, alac, wav",
    ),
    (
        Class::NotABook(Game),
        "nsp, xci, iso, ps1, ps2, ps4, ps5, ps3, fitgirl, codex, skidrow, goty, nsw, gog, steam, dodi, windows, visual novel, rom, roms, 3ds, nds, nsz, wii, \
         playstation, empress, reloaded, plaza, android, apk, tenoke, rune, eshop, jeu pc, pc game",
    ),
    // Who made it.
    (
        Class::Group,
        "paprika, toner, danke empire, danke, lucaz, 1r0n, t3dio, rillant, neo rip club, chromatique, mns, tnt, xra empire, clc, ono, \
         stick, trite, nemesis43, kg manga, gremory, edge, tikas, empire, zone empire, minutemen, son of ultron, bean, tiza, kileko, \
         archangel, novus, mephisto, glorith, hadesvp, shizu, 0v3r, aquila, oroboros, lostnerevarine, stickandme, lilas, nnl",
    ),
    (
        Class::Publisher,
        "viz media, vizmedia, viz, yen press, kodansha comics, kodansha, seven seas, seven seas entertainment, dark horse, dark horse comics, \
         dc comics, dc, marvel, marvel comics, image comics, idw, boom studios, dynamite, vertical, tokyopop, j novel club, titan comics, \
         vertigo, kana, pika, glenat, kurokawa, ki oon, delcourt, tonkam, soleil, panini, panini comics, panini manga, dargaud, dupuis, \
         casterman, lombard, le lombard, urban comics, urban, doki doki, akata, nobi nobi, kaze, crunchyroll, square enix, cross infinite world, \
         ghost ship, drawn quarterly, fantagraphics, humanoides associes, humanoids, maho, jbc, newpop, bamboo, vents d ouest, rue de sevres, ankama, mana books, \
         mangetsu, meian, noeve, noeve grafx, taifu, isan manga, star comics, j pop, planet manga, planeta, norma, ivrea, carlsen, egmont, \
         tokyopop, kaze manga, altraverse, cross cult, splitter, finix, 少年ジャンプ, shueisha, shogakukan, shonen jump, j ai lu, black box, \
         vega dupuis, vega, komikku, imho, cornelius, sakka, futuropolis, paquet, grand angle, jungle, bayard, fluide glacial, albin michel, \
         les humanoides associes, rebellion, valiant, bonelli, sergio bonelli, corno, webtoon factory, kbooks, kotoon, verytoon",
    ),
    (
        Class::Article,
        "le, la, les, l, un, une, des, the, an, el, los, las, il, lo, gli, i, der, die, das, het, os, du",
    ),
];

/// People, given name first; both orders are known.
pub const AUTHORS: &str = "eiichiro oda, hajime isayama, naoki urasawa, akira toriyama, masashi kishimoto, kentaro miura, makoto yukimura, \
    yoshihiro togashi, tsukasa hojo, hiro mashima, tite kubo, naoko takeuchi, rumiko takahashi, osamu tezuka, hiromu arakawa, \
    takeshi obata, tsugumi ohba, takehiko inoue, junji ito, jiro taniguchi, katsuhiro otomo, masamune shirow, yukito kishiro, \
    hirohiko araki, nobuhiro watsuki, kazue kato, gege akutami, koyoharu gotouge, tatsuki fujimoto, kohei horikoshi, haruichi furudate, \
    yuki tabata, inio asano, usamaru furuya, minetaro mochizuki, shuzo oshimi, hideo yamamoto, jun mochizuki, yana toboso, \
    ai yazawa, clamp, mitsuru adachi, go nagai, leiji matsumoto, shigeru mizuki, buronson hara, tetsuo hara, masakazu katsura, \
    hiroya oku, kei toume, tsutomu nihei, yasuhisa hara, sui ishida, negi haruba, kanehito yamada, aka akasaka, mengo yokoyari, \
    reiji miyajima, ken wakui, muneyuki kaneshiro, yusuke nomura, one murata, yusuke murata, ken akamatsu, oh great, kaori mori, \
    kaoru mori, hitoshi iwaaki, tadashi agi, shu okimoto, daisuke igarashi, natsuki takaya, io sakisaka, karuho shiina, \
    atsushi ohkubo, adachitoka toka, nakaba suzuki, shinobu ohtaka, yoshitoki oima, paru itagaki, boichi boichi, riichiro inagaki, \
    kafka asagiri, sango harukawa, chugong chugong, chu gong, jang sung lak, gee so, sung lak jang, tatsuya endo, tomohito oda, aidairo aidairo, haro aso, \
    takahiro takahiro, tetsuya tashiro, mine yoshizaki, masami kurumada, kosuke fujishima, kaiu shirai, posuka demizu, \
    rene goscinny, albert uderzo, jean van hamme, philippe francq, grzegorz rosinski, william vance, hugo pratt, enki bilal, moebius jodorowsky, \
    alejandro jodorowsky, jean giraud, christophe arleston, didier tarquin, francois bourgeon, leo leo, andre franquin, pierre christin, \
    jean claude mezieres, joann sfar, lewis trondheim, juan diaz canales, juanjo guarnido, stephen desberg, xavier dorison, alain ayroles, \
    jean luc masbou, raoul cauvin, willy lambil, regis loisel, serge le tendre, jean michel charlier, alan moore, frank miller, neil gaiman, \
    robert kirkman, brian k vaughan, fiona staples, grant morrison, scott snyder, greg capullo, mark millar, garth ennis, hiroaki samura, \
    takao saito, fumiyo kouno, yoshihiro tatsumi, suehiro maruo, masaaki ninomiya, hirohiko arak, tsuneo takano, masanori morita, yoshiki nakamura, \
    kiyohiko azuma, tooru fujisawa, toru fujisawa, minoru toyoda, akimi yoshida, moto hagio, riyoko ikeda, chica umino, fujiko fujio, sakura hikaru, jun maeda, tardi, jacques tardi, franquin, bilal, gotlib, manara, herge, boichi, миура кэнтаро, ода эйитиро";

/// Titles in which a number belongs to the title; all that begin with a number and a letter (`20th`) are understood without.
pub const TITLES_WITH_NUMBERS: &str = "area 51, mob psycho 100, kaiju no 8, kaiju n 8, kaiju 8, monster no 8, monster 8, 100 bullets, \
    blade runner 2049, blade runner 2029, blade runner 2039, blade runner 2019, 2000 ad, 7 shakespeares, 7 seeds, 86 eighty six, \
    zom 100, zombie 100, ranma 1 2, ichigo 100, no 6, no 5, 2001 nights, 4 princes de ganahan, karakuri 21, eyeshield 21, \
    30 jours de nuit, 30 days of night, agence 00, les 7 vies de l epervier, les 5 terres, spider man 2099, x men 2099, x men 92, \
    batman 66, marvel 1602, galaxy express 999, cyborg 009, golgo 13, 100 demon dialogues, 7 billion needles, 7 milliards d aiguilles, \
    5 centimeters per second, 5 cm par seconde, 8 man, 81 diver, 11 eyes, 12 beast, 3x3 eyes, 3 x 3 eyes, 07 ghost, kingdom hearts 358 2 days, \
    level 99, district 9, zone 51, agent 212, l agent 212, agent 327, gto 14 days, gto shonan 14 days, shonan 14 days, \
    14 days in shonan, section 9, sector 7, les 40 elephants, les 12 travaux d asterix, les 4 de baker street, 13 devil street, \
    paris 2119, apollo 13, u 47, fantastic 4, moon 44, 10 dance, 2 5 dimensional seduction, le 7e continent, unit 731, u 12, \
    universal war one, 22 11 63, level 1 demon lord, les aventures de tintin vol 714 pour sydney, vol 714 pour sydney, number 5, numero 5, lastman, tokyo 23, gundam 0079, gundam 0080, gundam 0083, yamato 2199, yamato 2202, silhouette formula 91";
