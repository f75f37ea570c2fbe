// The parts of Apache ECharts that the charts of 好差评 use, as the global `echarts`
// that the crate `charming` draws with. A series or component not named here does not exist.
import { init, getInstanceByDom, registerTheme, use, version } from "echarts/core";
import { BarChart, LineChart } from "echarts/charts";
import {
  AriaComponent,
  GridComponent,
  LegendPlainComponent,
  TitleComponent,
  TooltipComponent,
} from "echarts/components";
import { CanvasRenderer } from "echarts/renderers";

use([
  BarChart,
  LineChart,
  AriaComponent,
  GridComponent,
  LegendPlainComponent,
  TitleComponent,
  TooltipComponent,
  CanvasRenderer,
]);

export { init, getInstanceByDom, registerTheme, version };
