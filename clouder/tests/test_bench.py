from clouder import bench


def test_benchmarks_are_the_public_functions_of_the_rooms():
    found = dict(bench.benchmarks())

    assert "ingestion.matching_rules" in found
    assert all(name.partition(".")[0] in bench.ROOMS for name in found)
    assert all(callable(function) for function in found.values())


def test_the_table_shows_each_figure_once_per_database(capsys):
    figures = {"tracks registered per second": 10_300.4, "seconds for a week of 400": 1.234}
    slower = {"tracks registered per second": 8_200.0}

    bench.print_table({"SQLite": {"ingestion.x": figures}, "PostgreSQL": {"ingestion.x": slower}})

    lines = [line.split() for line in capsys.readouterr().out.splitlines() if line]
    assert lines == [
        ["ingestion.x", "SQLite", "PostgreSQL"],
        ["tracks", "registered", "per", "second", "10,300", "8,200"],
        ["seconds", "for", "a", "week", "of", "400", "1.23"],
    ]


def test_what_takes_minutes_is_measured_only_when_asked_for():
    month = "ingestion.registration_of_a_month"

    assert month not in dict(bench.benchmarks(""))
    assert month in dict(bench.benchmarks("month"))
    assert set(dict(bench.benchmarks("all"))) > set(dict(bench.benchmarks("")))
    assert all("registration" in name for name in dict(bench.benchmarks("registration")))
