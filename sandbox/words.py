"""The words our invented music is named with."""

NOUNS = (
    "Aerial Afterglow Amber Anchor Antenna Arcade Archive Aurora Avalanche Balcony Ballast Beacon "
    "Blueprint Boulevard Canopy Carousel Cartography Cathedral Causeway Ceramics Chandelier Cinder "
    "Circuit Coastline Compass Concrete Constellation Copper Corridor Courtyard Current Daybreak "
    "Delta Departure Dialect Diorama Dispatch District Driftwood Dynamo Echo Eclipse Elevator "
    "Ember Engine Escalator Estuary Evidence Exit Fable Fathom Ferry Filament Flare Fluorescence "
    "Foghorn Footage Foundry Fountain Fracture Frequency Frontier Garden Gasoline Geometry Glacier "
    "Glasshouse Gravity Greenhouse Halo Harbour Harvest Headlights Heatwave Helix Heron Horizon "
    "Hotel Hourglass Hunger Illusion Inlet Interval Iris Island Ivory Jasmine Junction Kerosene "
    "Kingfisher Labyrinth Lagoon Lantern Lattice Ledger Letters Lighthouse Limestone Locomotive "
    "Longitude Lullaby Machine Magnet Mainframe Mango Marble Margin Meadow Mercury Meridian "
    "Metronome Mezzanine Midnight Mirage Mirror Monolith Monsoon Moth Motorway Museum Needle Neon "
    "Nightshift Nocturne Northbound Oasis Obelisk Observatory Octave Orbit Orchard Origami Outline "
    "Overpass Oxygen Palace Paper Parade Pavilion Pendulum Peninsula Perfume Periphery Phantom "
    "Phosphor Pigment Pilot Planet Platform Polaroid Porcelain Postcard Prism Procession Pulse "
    "Quarry Quartz Quicksand Radar Radio Rainfall Reactor Rehearsal Reservoir Ribbon Rhythm Ritual "
    "River Rooftop Saffron Sandstorm Satellite Scaffold Semaphore Shadow Shoreline Signal Silhouette "
    "Skyline Smoke Solstice Spectrum Spiral Staircase Static Storm Subway Sugar Summit Sunday "
    "Switchboard Tangerine Telegraph Tempo Terminal Terrace Thermal Thread Threshold Tide Timber "
    "Torch Tramline Transit Tunnel Turbine Twilight Typewriter Umbra Undertow Vacancy Valley Vapour "
    "Velvet Veranda Verse Viaduct Vinyl Violet Voltage Voyage Wallpaper Warehouse Waterline Wave "
    "Weather Windmill Window Winter Wire Yard Zenith Zephyr"
).split()

ADJECTIVES = (
    "Abandoned Absent Amber Analogue Ancient Another Better Blind Blue Borrowed Broken Bronze "
    "Burning Careful Celestial Chrome Circular Cold Common Constant Crooked Crystal Dark Deeper "
    "Distant Double Dusty Early Eastern Electric Empty Endless False Familiar Fast Final First "
    "Floating Foreign Forgotten Fragile Frozen Gentle Golden Green Grey Half Hidden Hollow Honest "
    "Hungry Infinite Inner Invisible Last Lateral Lazy Liquid Little Lonely Long Lost Loud Low "
    "Lucid Magnetic Maybe Minor Modern Moving Naked Narrow New Nocturnal Northern Open Orange "
    "Ordinary Other Outer Pale Parallel Patient Perfect Plastic Private Public Quiet Rapid Raw Red "
    "Restless Rolling Rusty Sacred Second Secret Serious Seventh Shallow Silent Silver Simple Sleepless "
    "Slow Soft Solar Southern Strange Sudden Sunken Sweet Tall Temporary Tender Third Tidal "
    "Tropical Twisted Unknown Unsent Upper Vertical Warm Weightless Western White Wide Wild Yellow"
).split()

VERBS = (
    "Believe Breathe Bring Call Carry Catch Chase Close Come Cross Dance Dream Drift Fall Feel "
    "Find Float Follow Forget Give Glow Hear Hold Hurry Jump Keep Know Lean Leave Let Lift Listen "
    "Live Lose Love Meet Melt Move Need Open Play Pull Push Reach Remember Return Ride Rise Run "
    "Shake Shine Sing Sink Slip Stay Surrender Swim Take Tell Touch Trust Turn Wait Wake Walk "
    "Wander Want Watch Whisper Wonder"
).split()

ENDINGS = (
    "Me;You;Us;It All;Away;Again;Tonight;Slowly;Together;Alone;With Me;With You;For You;To Me;"
    "the Night;the Floor;the Light;the Line;the River;Your Name;Your Voice;My Mind;Through;Over;"
    "Around;Into Blue;Until Dawn;Back Home;In Colour;On the Wire;After Hours;Like Rain;No More"
).split(";")

PLACES = (
    "Lisbon Antwerp Tbilisi Osaka Leipzig Valparaíso Tallinn Kingston Marseille Oaxaca Durban Turin "
    "Gdańsk Izmir Malmö Recife Accra Naples Belgrade Rotterdam Hokkaido Essaouira Margate Cork"
).split()

# Whole phrases, since other languages bend their words.
PHRASES = {
    "de": (
        "Nachtschicht;Kein Zurück;Unter Strom;Lichtjahre;Zwischen den Zeilen;Bis Morgen;Schwerelos;"
        "Fernweh;Über den Dächern;Kühle Luft;Letzte Bahn;Regen auf Beton;Gleichstrom;Im Kreis;Wir "
        "Zwei;Ohne Worte;Stahl und Samt;Die Straße Runter;Grüne Welle;Warte auf Mich;Halbschlaf;"
        "Tiefgarage;Süße Lügen;Funkstille;Kopfkino;Vierzig Grad"
    ),
    "fr": (
        "Minuit Passé;À Demain;Sous la Pluie;Le Dernier Métro;Rêve Électrique;Fleur de Béton;Sans "
        "Toi;Déjà Loin;L'Heure Bleue;Après la Fête;Été Indien;Nuit Blanche;Le Vent du Nord;Où Vas-Tu;"
        "Comme un Écho;Dans la Lumière;Ça Revient;Café Noir;Vertige;Les Îles"
    ),
    "es": (
        "Corazón de Metal;Sin Dormir;Noche en Blanco;Mañana No;Luz de Neón;El Último Tren;Agua y Sal;"
        "Dame Más;La Marea;Siempre Verano;Fuego Lento;Niña del Sur;Otra Vuelta;Caminando Solo;"
        "Ritmo Que Sube;Volcán;Sueño Eléctrico;Bailando en la Cocina;Media Luna;Te Busqué"
    ),
    "pt": (
        "Saudade do Mar;Vem Comigo;Noite Adentro;Coração Ligeiro;Chuva de Verão;Maré Alta;Só Mais Uma;"
        "Não Demora;Céu Aberto;Pé na Areia;Batida do Morro;Manhã de Sol;Lua Cheia;Deixa Rolar"
    ),
    "it": (
        "Notte Fonda;Senza Fretta;Mare d'Inverno;Dolce Rumore;Città Vuota;Ancora Tu;Sotto Pelle;"
        "Luce Radente;Fino all'Alba;Motore;Cuore Analogico;Perché No;Polvere;Estate Finita"
    ),
    "pl": (
        "Nocny Pociąg;Bez Końca;Światło Dnia;Cisza w Eterze;Jeszcze Raz;Żar;Po Drugiej Stronie;"
        "Miasto Śpi;Błękit;Ćma;Ostatni Taniec;Wschód"
    ),
    "tr": (
        "Gece Yarısı;Uzak Işık;Denizin Sesi;Yağmur Sonrası;Şehir Uyur;Aşkın Rengi;Güneş Batarken;"
        "Kayıp Zaman;Çöl Rüzgârı;Son Durak"
    ),
    "ja": "夜明け前;東京の雨;残響;都市と影;さよなら回路;波の音;月光;真夜中のドライブ;透明な街;ネオン通り",
    "ru": "Полночь;Тихий Город;Северный Ветер;Без Сна;Дальний Свет;Обратная Сторона;Снег;Последний Поезд",
    "el": "Μεσάνυχτα;Θάλασσα;Φως στο Σκοτάδι;Τελευταίο Τρένο;Άνεμος",
    "ko": "밤의 끝;파도;새벽 세 시;도시의 꿈;빛나는 거리",
}

FIRST_NAMES = (
    "Ada Aino Akira Aleksi Amara Anouk Arjen Astrid Bastian Beatriz Bruno Camille Cato Clara Dafne "
    "Dario Davor Delia Dmitri Edda Elif Elio Emeka Enzo Esra Fabian Farah Femke Fenja Florin Freya "
    "Gaspard Giulia Goran Hanne Haruki Hedda Henrik Ibrahim Ilse Imani Ines Iris Ivo Jana Jarek Jelle "
    "Joana Jonas Juno Kaito Karim Katya Kerem Kofi Lars Laszlo Leila Lennart Linnea Lorenzo Lucía "
    "Ludo Maja Malik Maren Marek Mateo Mika Milan Mireille Nadja Naoki Nia Nils Noor Odile Oskar "
    "Otis Paloma Pavel Petra Quentin Rafael Rasmus Renske Robin Rosa Ruben Runa Samir Sanne Selma Sven "
    "Tariq Tessa Thandi Theo Tilda Tomasz Ulrike Valentin Vera Viktor Wanda Wim Yara Yuki Zeynep Zoltán"
).split()

SURNAMES = (
    "Aldane Almqvist Ambrose Arkwright Bakker Barsotti Bellweather Bergström Brandauer Brogaard "
    "Calloway Carrasco Castellan Corvin Dahlberg Delacroix Demir Dray Duarte Eklund Esterházy Fairfax "
    "Falkner Fontaine Forsell Galanis Garrick Grimaldi Haldane Hartwig Hayasaka Hollis Ibarra "
    "Ilves Jansky Jurado Kallio Karlsen Keita Kestrel Kozłowski Krantz Kuroda Lacroix Larkin Lindqvist "
    "Lovell Lundgren Maddox Maertens Marchetti Marlowe Mbeki Mercier Mirza Moreau Morimoto Munro "
    "Nakata Navarro Nørgaard Novák Oduya Okafor Okonjo Orlow Östberg Palmgren Paredes Pellegrin Petrov "
    "Pinto Prather Quist Radović Raine Reiss Ribeiro Rosén Rourke Saarinen Sandoval Sarr Schönfeld "
    "Sepúlveda Sharma Silvestre Solberg Stavros Steinmetz Strand Szabó Tachibana Tavares Tennant Thorne "
    "Tremblay Ullman Vaughn Verhoeven Vexler Vidal Voss Wachira Walden Weiss Wilder Yamane Yıldız Zielinski"
).split()

ONSETS = (
    "Ar Bel Bry Cas Cor Dar Dra El Fen Gal Hal Hex Il Jor Kal Kor Lum Mar Mor Nar Nex Ob".split()
)
ONSETS += "Or Par Pol Quo Ras Rho Sel Sol Tar Tek Tor Ul Val Vek Vor Wen Xan Yor Zel Zor".split()
MIDDLES = ["", "", "a", "e", "i", "o", "u", "an", "en", "el", "ir", "ov", "ar"]
CODAS = "dane dor dus fir gan ka lan len lin lis mir mont na nix phon ra ric ron sa sen".split()
CODAS += "ska ta ten tik tis tra va vane ven vik za zen zo".split()

CREWS = (
    "Assembly;Brothers;Club;Collective;Committee;Department;Duo;Ensemble;Factory;Foundation;Institute;"
    "Laboratory;Orchestra;Parade;Project;Quartet;Sisters;Society;Soundsystem;Theory;Union;Unit"
).split(";")
COUNTRIES = "FR UK IT US BR DE ES NL AU CA PL SE AR".split()
OTHER_SCRIPTS = (
    "Дарья Ветер;Сергей Линь;早坂リョウ;中田ユキ;Έλλη Νάκου;Νίκος Βάρδας;김하늘;Łucja Żmuda;Søren Vååg;"
    "Ñusta Quispe;Đorđe Šarić;Þóra Eldjárn;Zoë Ælfric;Māra Krūmiņa;Çağla Özgür;ŠUM;Ø-Phase Nord;"
    "µTone;BØRK;Äläkää;L'Été Noir;Señor Niebla;DJ Żubr;Maï Lan Duc;Jiří Dvůr"
).split(";")

LABEL_SUFFIXES = (
    "Recordings;Records;Music;Audio;Series;Tapes;Sounds;Trax;Digital;Limited;Ltd.;Black;Imprint;Works;"
    "Editions;Discs;Traxx;Schallplatten;Discos;Musik;Records (Italy);Disques"
).split(";")
LABEL_WORDS = (
    "Saltmarsh;Parallel;Nachtblau;Copperfield;Tidewater;Lowland;Kilowatt;Ostkreuz;Marzipan;Sidings;"
    "Fernwärme;Quayside;Halcyon;Plattenbau;Underpass;Cloudberry;Casa Vuota;Rua Nova;Molten;Papaya;"
    "Grainhouse;Octopod;Signal Box;Kaleido;Zinc;Moonraker;Nordlys;Puls;Rotor;Sable;Terracotta;Ultralight;"
    "Vestibule;Wavelength;Yellowhammer;Zigzag;Bricolage;Dune;Fathoms;Glasgow Street;Hidden Door;"
    "Interim;Junction 9;Kestrel;Lagoon;Mothership;Nightjar;Overcast;Pinecone;Quinta;Ridgeway;Spindle;"
    "Tramway;Upside;Volta;White Heron;Axiom;Birch;Cargo;Drumlin;Escape Key;Flatland;Gondola;Hinterland"
).split(";")

VOCAL_SUBJECTS = (
    "Hold On;Come Closer;I Was Wrong;Never Enough;Ready Now;Say It;So High;Too Late".split(";")
)
