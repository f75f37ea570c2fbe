// The parts of Apache ECharts that the charts of 好差评 use, as the global `echarts`
// that the crate `charming` draws with. A series or component not named here does not exist.
import { init, getInstanceByDom, registerTheme, use, version } from "echarts/core";
import { BarChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, GridComponent, TooltipComponent, CanvasRenderer]);

export { init, getInstanceByDom, registerTheme, version };
