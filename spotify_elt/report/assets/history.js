// The charts of what has changed.

/** How many tracks came, and how many left, on each day: the latter below nought. */
function comings(stays) {
  const moves = [["came_at", 1], ["removed_before", -1]].flatMap(([when, sign]) =>
    known(stays, when).map((stay) => ({ at: +d3.utcDay(new Date(stay[when])), sign })));
  return d3.flatRollup(moves, (group) => group.length, (move) => move.at, (move) => move.sign)
    .map(([at, sign, count]) => ({ at: new Date(at), count: sign * count }));
}

function comingsChart(stays) {
  const days = comings(stays);
  if (!days.length) return [];
  const [first, last] = d3.extent(days, (one) => one.at);
  const ticks = Math.min(6, 2 * d3.max(days, (one) => Math.abs(one.count)));
  const came = (one) => one.count > 0;
  return [chart("came-and-left", "Tracks that came and left",
    "Stems upwards: how many tracks came on a day; downwards: how many left.",
    (width) => plotted({
      width,
      height: 220,
      x: { type: "utc", label: null, domain: [d3.utcDay.offset(first, -1), d3.utcDay.offset(last, 1)] },
      y: { label: "tracks", tickFormat: signed.format, ticks },
      color: { type: "identity" },
      marks: [
        Plot.gridY({ stroke: GRID, strokeOpacity: 1, ticks }),
        Plot.ruleX(days, {
          x: "at", y: "count", strokeWidth: 4, stroke: (one) => (came(one) ? ACCENT : WARM), tip: true,
          title: (one) => `${day.format(one.at)}: ${counted(Math.abs(one.count), "tracks")} ${came(one) ? "came" : "left"}`,
        }),
        Plot.ruleY([0], { stroke: MUTED }),
      ],
    }))];
}

/** Where the names of lines stand: beside their ends, and no nearer to one another than `gap`. */
function apart(lasts, gap) {
  let above = Infinity;
  return d3.sort(lasts, (last) => -last.popularity).map((last) => {
    above = Math.min(last.popularity, above - gap);
    return { ...last, stands: above };
  });
}

/** Popularity over time, each line until the playlist was last read. */
function coursesChart(courses, until) {
  if (!courses.length) return [];
  const ids = [...new Set(courses.map((course) => course.track_id))];
  const points = courses.map((course) => ({
    ...course,
    at: new Date(course.valid_from),
    name: oneLine(course.track_name),
    colour: COLOURS[ids.indexOf(course.track_id) % COLOURS.length],
  }));
  const lasts = d3.rollups(points, (line) => ({ ...line.at(-1), at: until }), (point) => point.track_id)
    .map(([, last]) => last);
  const [least, most] = d3.extent(points, (point) => point.popularity);
  const height = 300;
  return [chart("popularity-moves", "Popularity of the tracks that moved most",
    "Lines: the popularity of the tracks that moved most, over time.",
    (width) => plotted({
      width,
      height,
      marginRight: 124,
      x: { type: "utc", label: null },
      y: { label: "popularity" },
      color: { type: "identity" },
      marks: [
        ...grids(),
        Plot.line([...points, ...lasts], {
          x: "at", y: "popularity", z: "track_id", stroke: "colour", strokeWidth: 2, curve: "step-after",
        }),
        Plot.dot(points, {
          x: "at", y: "popularity", r: 3, fill: "colour", tip: true,
          title: (point) => `${point.name}\n${point.popularity} from ${day.format(point.at)}`,
        }),
        Plot.text(apart(lasts, (most - least) * LINE / (height - 60)), {
          x: "at", y: "stands", text: "name", fill: "colour", textAnchor: "start", dx: 6, lineWidth: 9, textOverflow: "ellipsis",
        }),
      ],
    }))];
}

const changesCharts = (stays, courses, until) => [...comingsChart(stays), ...coursesChart(courses, until)];
